namespace GameBackend.Game.Tests;

public sealed class RatingRulesTests
{
    [Fact]
    public void A_duel_is_a_game_of_the_paper()
    {
        var (one, other) = (new Rating(1500, 200, 0.06), new Rating(1400, 80, 0.06));
        var after = RatingRules.After([new(1, 0, one), new(2, 1, other)], [1, 2]);
        Assert.Equal(Glicko2.After(one, [new RatedGame(other, 1)]), after[0]);
        Assert.Equal(Glicko2.After(other, [new RatedGame(one, 0)]), after[1]);
    }

    [Fact]
    public void Winners_gain_losers_lose_and_equals_who_tie_stay()
    {
        var players = Unrated(count: 6, size: 3);
        var after = RatingRules.After(players, [1, 2]);
        Assert.All(after[..3], rating => Assert.True(rating.Value > 1550 && rating.Deviation < 350));
        Assert.All(after[3..], rating => Assert.True(rating.Value < 1450));
        Assert.All(RatingRules.After(players, [1, 1]), rating => Assert.Equal(1500, rating.Value, 6));
    }

    [Fact]
    public void A_strong_team_gains_little_from_a_weak_one_and_each_member_as_the_team()
    {
        RatedPlayer[] players =
        [
            new(1, 0, new Rating(2000, 80, 0.06)), new(2, 0, new Rating(1600, 80, 0.06)),
            new(3, 1, new Rating(1400, 80, 0.06)), new(4, 1, new Rating(1400, 80, 0.06)),
        ];
        var after = RatingRules.After(players, [1, 2]);
        Assert.InRange(after[0].Value - 2000, 0.1, 6);
        Assert.Equal(after[0].Value - 2000, after[1].Value - 1600, 6);
        var upset = RatingRules.After(players, [2, 1]);
        Assert.True(upset[2].Value - 1400 > 20);
    }

    [Fact]
    public void In_a_free_for_all_ratings_follow_the_ranks()
    {
        var players = Unrated(count: 8, size: 1);
        var after = RatingRules.After(players, [1, 2, 3, 4, 4, 6, 7, 8]);
        for (var i = 1; i < 8; i++)
        {
            if (i == 4) Assert.Equal(after[3], after[4]);
            else Assert.True(after[i].Value < after[i - 1].Value);
        }
    }

    [Fact]
    public void A_rating_that_is_not_used_grows_unsure_up_to_the_limit()
    {
        var rating = new Rating(1800, 60, 0.06);
        Assert.Equal(rating, RatingRules.Aged(rating, 6L * 24 * 3600 * 1000));
        var month = RatingRules.Aged(rating, 30L * 24 * 3600 * 1000);
        Assert.InRange(month.Deviation, 62, 70);
        Assert.Equal(1800, month.Value);
        Assert.Equal(350, RatingRules.Aged(rating with { Volatility = 1 }, long.MaxValue).Deviation);
    }

    [Fact]
    public void Ratings_of_many_battles_come_near_the_strengths_behind_them()
    {
        var random = new Random(4);
        var strengths = Enumerable.Range(0, 40).Select(i => 1100 + (i * 20)).ToArray();
        var ratings = Enumerable.Repeat(Rating.Unrated, 40).ToArray();
        for (var battle = 0; battle < 3000; battle++)
        {
            var six = Enumerable.Range(0, 40).OrderBy(_ => random.Next()).Take(6).ToArray();
            var ahead = six[..3].Average(i => strengths[i]) - six[3..].Average(i => strengths[i]);
            var first = random.NextDouble() < 1 / (1 + Math.Pow(10, -ahead / 400));
            var after = RatingRules.After(
                [.. six.Select((p, i) => new RatedPlayer((ulong)p, i / 3, ratings[p]))], first ? [1, 2] : [2, 1]);
            for (var i = 0; i < 6; i++) ratings[six[i]] = after[i];
        }

        var shift = ratings.Average(r => r.Value) - strengths.Average();
        var error = Math.Sqrt(
            Enumerable.Range(0, 40).Average(i => Math.Pow(ratings[i].Value - shift - strengths[i], 2)));
        Assert.True(error < 110, $"off by {error:F0} on average");
    }

    private static RatedPlayer[] Unrated(int count, int size) =>
        [.. Enumerable.Range(0, count).Select(i => new RatedPlayer((ulong)i + 1, i / size, Rating.Unrated))];
}
