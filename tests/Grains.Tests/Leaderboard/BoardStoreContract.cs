using GameBackend.Game;
using GameBackend.Grains.Leaderboard;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Grains.Tests.Leaderboard;

[Collection(nameof(RedisGame))]
public sealed class BoardsInRedisTests(RedisGame game) : BoardStoreContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class BoardsInEmbeddedStoreTests(EmbeddedGame game) : BoardStoreContract(game);

/// <summary>What both stores of leaderboards do alike.</summary>
public abstract class BoardStoreContract(GameHost game)
{
    private readonly string _season = $"test-{Guid.NewGuid():N}/1";
    private int _submissions;

    private IBoardStore Store => game.Silo.GetRequiredService<IBoardStore>();

    [Fact]
    public async Task The_best_come_first_and_of_equals_the_one_that_was_there_before()
    {
        var board = Board(BoardOperator.Set);
        foreach (var (player, score) in new[] { (1, 50), (2, 70), (3, 50), (4, -5), (5, 70) })
            await Submit(board, player, score);
        Assert.Equal([(1, 2L, 70L), (2, 5L, 70L), (3, 1L, 50L), (4, 3L, 50L), (5, 4L, -5L)], await Read(board));
        // The same score again keeps the place.
        await Submit(board, 1, 50);
        await Submit(board, 2, 50);
        Assert.Equal([5L, 1L, 3L, 2L, 4L], (await Read(board)).Select(row => row.Player));
        var (players, page) = await Store.Read(_season, board, 2, 2);
        Assert.Equal(5, players);
        Assert.Equal([(2, "p1"), (3, "p3")], page.Select(row => (row.Rank, row.Name)));
        Assert.Equal([(3, 3L), (5, 4L)],
            (await Store.Find(_season, board, [4, 99, 3, 3])).Select(row => (row.Rank, row.Player)));
    }

    [Theory]
    [InlineData(BoardOperator.Best, 7, 9)]
    [InlineData(BoardOperator.Set, 7, 7)]
    [InlineData(BoardOperator.Increment, 7, 16)]
    public async Task Scores_add_up_by_the_operator(BoardOperator op, long second, long expected)
    {
        var board = Board(op);
        await Submit(board, 1, 9);
        await Submit(board, 1, second);
        Assert.Equal([(1, 1L, expected)], await Read(board));
    }

    [Fact]
    public async Task A_submission_that_is_repeated_counts_once()
    {
        var board = Board(BoardOperator.Increment);
        for (var i = 0; i < 3; i++)
            await Store.Submit(_season, board, new BoardSubmission("battle/a", 1, "p1", 5));
        await Store.Submit(_season, board, new BoardSubmission("battle/b", 1, "p1", 5));
        await Store.Submit(_season, board, new BoardSubmission("battle/a", 1, "p1", 5));
        Assert.Equal([(1, 1L, 10L)], await Read(board));
        Assert.True(await Store.Knows(_season, board, 1, "battle/a"));
        Assert.False(await Store.Knows(_season, board, 2, "battle/a"));
    }

    [Fact]
    public async Task Large_scores_are_exact_and_whoever_is_behind_the_limit_has_no_place()
    {
        var board = Board(BoardOperator.Increment, limit: 3);
        await Submit(board, 1, LeaderboardRules.ScoreLimit - 2);
        await Submit(board, 1, 1);
        await Submit(board, 1, -LeaderboardRules.ScoreLimit);
        Assert.Equal(-1, (await Read(board))[0].Score);
        for (var player = 2; player <= 5; player++)
            await Submit(board, player, player * 10);
        Assert.Equal([5L, 4L, 3L], (await Read(board)).Select(row => row.Player));
        Assert.Empty(await Store.Find(_season, board, [1, 2]));
        await Submit(board, 2, 100);
        Assert.Equal([(1, 2L, 100L), (2, 5L, 50L), (3, 4L, 40L)], await Read(board));
    }

    [Fact]
    public async Task A_board_is_as_it_was_when_it_is_read_anew()
    {
        var board = Board(BoardOperator.Increment, limit: 20);
        var random = new Random(5);
        var model = new RankedBoard(20);
        for (var i = 0; i < 300; i++)
        {
            var (player, score) = (random.Next(1, 30), random.Next(-3, 9));
            model.Submit((ulong)player, BoardOperator.Increment, score);
            await Submit(board, player, score);
        }

        var expected = model.Read(1, 100).Select(e => (e.Rank, (long)e.Score.Player, e.Score.Score)).ToArray();
        Assert.Equal(expected, await Read(board));
        // A process that starts has nothing in memory.
        if (Store is EmbeddedBoardStore)
        {
            var (players, rows) = await new EmbeddedBoardStore(game.Logs).Read(_season, board, 1, 100);
            Assert.Equal(expected, rows.Select(row => (row.Rank, row.Player, row.Score)));
            Assert.Equal(20, players);
        }

        await Store.Delete(_season);
        Assert.Empty(await Read(board));
    }

    private static BoardDefinition Board(BoardOperator op, int limit = 1000) => new("test", op, 0, limit, []);

    private Task Submit(BoardDefinition board, long player, long score) =>
        Store.Submit(_season, board, new BoardSubmission($"s/{++_submissions}", player, $"p{player}", score));

    private async Task<(int Rank, long Player, long Score)[]> Read(BoardDefinition board) =>
        [.. (await Store.Read(_season, board, 1, 100)).Rows.Select(row => (row.Rank, row.Player, row.Score))];
}
