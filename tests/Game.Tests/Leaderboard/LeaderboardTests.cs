namespace GameBackend.Game.Tests;

public sealed class LeaderboardTests
{
    private static readonly BoardDefinition s_board = new(
        "3v3", BoardOperator.Best, 30, 100,
        [new BoardReward(1, new Gains { Experience = 500 }), new BoardReward(10, new Gains { Experience = 100 })]);

    [Theory]
    [InlineData(BoardOperator.Best, 5L, 3L, 5L)]
    [InlineData(BoardOperator.Best, 5L, 9L, 9L)]
    [InlineData(BoardOperator.Set, 5L, 3L, 3L)]
    [InlineData(BoardOperator.Increment, 5L, -3L, 2L)]
    [InlineData(BoardOperator.Best, null, -3L, -3L)]
    [InlineData(BoardOperator.Increment, LeaderboardRules.ScoreLimit, long.MaxValue, LeaderboardRules.ScoreLimit)]
    public void A_score_comes_in_by_the_boards_operator(BoardOperator op, long? before, long score, long after) =>
        Assert.Equal(after, LeaderboardRules.Apply(op, before, score));

    [Fact]
    public void Of_equal_scores_the_first_is_better_and_a_score_that_changes_nothing_keeps_its_place()
    {
        var board = new RankedBoard(10);
        board.Submit(1, BoardOperator.Best, 50);
        board.Submit(2, BoardOperator.Best, 50);
        board.Submit(1, BoardOperator.Best, 50);
        board.Submit(1, BoardOperator.Best, 20);
        Assert.Equal((1, 2, 0), (board.RankOf(1), board.RankOf(2), board.RankOf(3)));
        board.Submit(2, BoardOperator.Best, 51);
        Assert.Equal((2, 1), (board.RankOf(1), board.RankOf(2)));
    }

    [Fact]
    public void A_full_board_drops_the_worst()
    {
        var board = new RankedBoard(3);
        for (var i = 1UL; i <= 3; i++) board.Submit(i, BoardOperator.Set, (long)i * 10);
        board.Submit(4, BoardOperator.Set, 5);
        Assert.Equal(0, board.RankOf(4));
        board.Submit(4, BoardOperator.Set, 25);
        Assert.Equal((0, 2, 3), (board.RankOf(1), board.RankOf(4), board.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Ranks_are_those_of_a_sorted_list_whatever_comes_in(int seed)
    {
        var random = new Random(seed);
        var board = new RankedBoard(5000);
        var model = new Dictionary<ulong, (long Score, int Since)>();
        for (var i = 0; i < 12_000; i++)
        {
            var player = (ulong)random.Next(1, 3000);
            if (random.Next(10) == 0)
            {
                Assert.Equal(model.Remove(player), board.Remove(player));
                continue;
            }

            var op = (BoardOperator)random.Next(3);
            long? before = model.TryGetValue(player, out var known) ? known.Score : null;
            var after = board.Submit(player, op, random.Next(-50, 200));
            if (after != before) model[player] = (after, i);
        }

        var sorted = model.OrderByDescending(p => p.Value.Score).ThenBy(p => p.Value.Since)
            .Select(p => p.Key).ToArray();
        Assert.Equal(sorted, board.Read(1, int.MaxValue).Select(entry => entry.Score.Player));
        Assert.Equal(sorted.Skip(999).Take(20), board.Read(1000, 20).Select(entry => entry.Score.Player));
        Assert.Equal(1000, board.Read(1000, 1).Single().Rank);
        for (var i = 0; i < sorted.Length; i += 7) Assert.Equal(i + 1, board.RankOf(sorted[i]));
        var restored = new RankedBoard(5000);
        foreach (var (_, score) in board.Read(1, int.MaxValue).OrderBy(_ => random.Next())) restored.Restore(score);
        Assert.Equal(board.Read(1, int.MaxValue), restored.Read(1, int.MaxValue));
    }

    [Fact]
    public void Friends_are_ranked_among_all_and_around_oneself_there_are_as_many_as_there_are()
    {
        var board = new RankedBoard(100);
        for (var i = 1UL; i <= 20; i++) board.Submit(i, BoardOperator.Set, (long)i);
        Assert.Equal([(1, 20UL), (16, 5UL)], board.ReadAmong([5, 20, 5, 99]).Select(e => (e.Rank, e.Score.Player)));
        Assert.Equal(GameError.Ok, LeaderboardRules.AroundOf(3, 5, out var from, out var length));
        Assert.Equal((1, 8), (from, length));
        Assert.Equal(GameError.PageInvalid, LeaderboardRules.AroundOf(3, 51, out _, out _));
        Assert.Equal(GameError.PageInvalid, LeaderboardRules.PageOf(1, 101, out _, out _));
        Assert.Equal(GameError.Ok, LeaderboardRules.PageOf(0, 0, out from, out length));
        Assert.Equal((1, 20), (from, length));
    }

    [Fact]
    public void Seasons_follow_each_other_and_ranks_are_worth_what_the_catalogue_says()
    {
        const long Day = 24L * 3600 * 1000;
        Assert.Equal(1U, LeaderboardRules.SeasonAt(s_board, 0));
        Assert.Equal(1U, LeaderboardRules.SeasonAt(s_board, (30 * Day) - 1));
        Assert.Equal(2U, LeaderboardRules.SeasonAt(s_board, 30 * Day));
        Assert.Equal(30 * Day, LeaderboardRules.EndsAtMs(s_board, 1));
        Assert.Equal(1U, LeaderboardRules.SeasonAt(s_board with { SeasonDays = 0 }, long.MaxValue));
        Assert.Equal(500U, LeaderboardRules.RewardOf(s_board, 1)!.Experience);
        Assert.Equal(100U, LeaderboardRules.RewardOf(s_board, 2)!.Experience);
        Assert.Equal(100U, LeaderboardRules.RewardOf(s_board, 10)!.Experience);
        Assert.Null(LeaderboardRules.RewardOf(s_board, 11));
        Assert.Null(LeaderboardRules.RewardOf(s_board, 0));
    }
}
