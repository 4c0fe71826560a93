namespace GameBackend.Game.Tests;

public sealed class SettlementTests
{
    private static readonly Catalogue s_catalogue = Catalogue.LoadDefault();
    private static readonly Dictionary<ulong, Rating> s_unrated = [];

    [Fact]
    public void Winners_and_losers_get_what_the_mode_gives_and_ratings_move()
    {
        var (setup, result) = (TestArena.GameSetup("3v3", 3, players: 6), Result("3v3", 6, 1, 2));
        var settled = Settle(setup, result);
        var mode = s_catalogue.Modes["3v3"];
        Assert.Equal(6, settled.Count);
        Assert.All(settled.Take(3), s => Assert.Equal(
            (BattleOutcome.Win, mode.Rewards.Win.Experience, 90L), (s.Outcome, s.Experience, s.Money.Single().Amount)));
        Assert.All(settled.Skip(3), s => Assert.Equal((BattleOutcome.Loss, 40L), (s.Outcome, s.Money.Single().Amount)));
        Assert.All(settled.Take(3), s => Assert.True(s.RatingAfter.Value > s.RatingBefore.Value));
        Assert.All(settled.Skip(3), s => Assert.True(s.RatingAfter.Value < s.RatingBefore.Value));
    }

    [Fact]
    public void Settling_again_comes_to_the_same_drops_included()
    {
        var (setup, result) = (TestArena.GameSetup("ffa8", 3, players: 8), Result("ffa8", 8, 1, 2, 3, 4, 5, 6, 7, 8));
        Assert.Equal(Settle(setup, result), Settle(setup, result.Clone()));
    }

    [Fact]
    public void Drops_come_as_often_as_the_catalogue_says_and_to_others_than_winners_half_as_often()
    {
        var (won, lost) = (0, 0);
        for (var seed = 1UL; seed <= 4000; seed++)
        {
            var settled = Settle(TestArena.GameSetup("1v1", seed, players: 2), Result("1v1", 2, 1, 2));
            won += settled[0].Items.Count(item => item.Item == "food.berry");
            lost += settled[1].Items.Count(item => item.Item == "food.berry");
        }

        Assert.InRange(won, 1080, 1320);
        Assert.InRange(lost, 510, 690);
    }

    [Fact]
    public void A_tie_is_a_draw_and_whoever_left_gets_nothing_and_is_rated_as_defeated()
    {
        var setup = TestArena.GameSetup("3v3", 3, players: 6);
        Assert.All(Settle(setup, Result("3v3", 6, 1, 1)), s => Assert.Equal(BattleOutcome.Draw, s.Outcome));
        var result = Result("3v3", 6, 1, 2);
        result.Fighters[0].Presence = FighterPresence.Left;
        var settled = Settle(setup, result);
        var left = settled[0];
        Assert.Equal((BattleOutcome.Left, 0UL), (left.Outcome, left.Experience));
        Assert.Empty(left.Money);
        Assert.Empty(left.Items);
        Assert.True(left.RatingAfter.Value < 1500);
        Assert.Equal(Settle(setup, Result("3v3", 6, 1, 2)).Skip(1), settled.Skip(1).Select(WithoutLeaver));

        static BattleSettlement WithoutLeaver(BattleSettlement settlement)
        {
            settlement.Result.Fighters[0].Presence = FighterPresence.Present;
            return settlement;
        }
    }

    [Fact]
    public void A_voided_battle_is_over_for_each_player_and_counts_for_nothing()
    {
        var setup = TestArena.GameSetup("3v3", 3, players: 5);
        var result = SettlementRules.VoidResult(setup);
        var settled = SettlementRules.Void(setup, result, 1000);
        Assert.Equal(setup.Seats.Select(seat => seat.PlayerId).Where(id => id != 0), settled.Select(s => s.PlayerId));
        var standing = new BattleStanding();
        Assert.All(settled, s => Assert.True(SettlementRules.GainsOf(s).IsNothing && s.RatingAfter is null));
        Assert.True(StandingRules.Settle(standing, settled[0]));
        Assert.False(StandingRules.Settle(standing, settled[0]));
        Assert.Empty(standing.Modes);
        Assert.Equal(BattleEndReason.Voided, StandingRules.View(standing.History.Single()).Result.Reason);
        Assert.All(s_catalogue.Boards.Values, board => Assert.Null(LeaderboardRules.ScoreOf(board, settled[0])));
    }

    [Fact]
    public void Bots_get_nothing_and_a_battle_against_bots_alone_moves_no_rating()
    {
        var settled = Settle(TestArena.GameSetup("3v3", 3, players: 3), Result("3v3", 3, 1, 2));
        Assert.Equal(3, settled.Count);
        Assert.All(settled, s => Assert.Equal(s.RatingBefore, s.RatingAfter));
    }

    [Fact]
    public void A_battle_counts_once()
    {
        var standing = new BattleStanding();
        var settlement = Settle(TestArena.GameSetup("1v1", 5, players: 2), Result("1v1", 2, 1, 2))[0];
        Assert.True(StandingRules.Settle(standing, settlement));
        var once = standing.Clone();
        Assert.False(StandingRules.Settle(standing, settlement));
        Assert.Equal(once, standing);
        var mode = Assert.Single(standing.Modes);
        Assert.Equal((1U, 1U, 3U, 1U), (mode.Battles, mode.Wins, mode.Kills, mode.Deaths));
        Assert.Equal(settlement.RatingAfter.Value, StandingRules.RatingOf(standing, "1v1", 0).Value);
        Assert.Equal(Rating.Unrated, StandingRules.RatingOf(standing, "3v3", 0));
    }

    [Fact]
    public void The_history_is_read_in_pages_and_bounded()
    {
        var standing = new BattleStanding();
        for (var i = 1UL; i <= 130; i++)
        {
            var settlement = Settle(TestArena.GameSetup("1v1", i, players: 2), Result("1v1", 2, 1, 2))[0];
            Assert.True(StandingRules.Settle(standing, settlement));
        }

        var (seqs, before) = (new List<ulong>(), 0UL);
        do
        {
            var request = new ReadBattleHistoryRequest { BeforeSeq = before, Count = 30 };
            Assert.Equal(GameError.Ok, StandingRules.ReadHistory(standing, request, out var page));
            seqs.AddRange(page.Entries.Select(entry => entry.Seq));
            before = page.NextBeforeSeq;
        }
        while (before != 0);

        Assert.Equal(Enumerable.Range(131 - StandingRules.HistoryLimit, StandingRules.HistoryLimit).Reverse()
            .Select(i => (ulong)i), seqs);
        Assert.Equal(GameError.PageInvalid, StandingRules.ReadHistory(standing, new() { Count = 51 }, out _));
        Assert.Equal(130U, StandingRules.Ratings(standing, 0).Ratings.Single().Battles);
    }

    [Fact]
    public void Gains_of_a_settlement_can_be_granted()
    {
        var settlement = Settle(TestArena.GameSetup("1v1", 5, players: 2), Result("1v1", 2, 1, 2))[0];
        var gains = SettlementRules.GainsOf(settlement);
        Assert.Equal(settlement.Experience, gains.Experience);
        Assert.Equal(settlement.Money.Sum(money => money.Amount), gains.Currencies.Sum(money => money.Amount));
    }

    private static IReadOnlyList<BattleSettlement> Settle(BattleSetup setup, BattleResult result) =>
        SettlementRules.Settle(s_catalogue.Modes[setup.Mode], setup, result, s_unrated, 1000);

    private static BattleResult Result(string mode, int players, params uint[] ranks)
    {
        var definition = s_catalogue.Modes[mode];
        var result = new BattleResult { Mode = mode };
        foreach (var rank in ranks) result.Sides.Add(new SideResult { Rank = rank });
        for (var i = 0; i < definition.Players; i++)
        {
            result.Fighters.Add(new FighterResult
            {
                PlayerId = i < players ? (ulong)i + 1 : 0,
                Side = (uint)(i / definition.Size),
                Kills = 3,
                Deaths = 1,
            });
        }

        return result;
    }
}
