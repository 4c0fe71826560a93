using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Leaderboard;

[Collection(nameof(RedisGame))]
public sealed class LeaderboardsOnRedisTests(RedisGame game) : LeaderboardContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class LeaderboardsOnEmbeddedStoreTests(EmbeddedGame game) : LeaderboardContract(game);

/// <summary>Boards, as their grains, the store, letters and mailboxes carry them out together.</summary>
public abstract class LeaderboardContract(GameHost game)
{
    [Fact]
    public async Task A_player_sees_the_top_the_own_surroundings_and_its_friends()
    {
        const string board = "damage.3v3";
        var players = new List<TestPlayer>();
        for (var i = 0; i < 8; i++)
        {
            players.Add(await TestPlayer.Playing(game));
            await Submit(board, players[i], 1_000_000 - (i * 10));
        }

        var own = players[5];
        var top = await Read(own, board, count: 3);
        Assert.Equal(players.Take(3).Select(player => (ulong)player.Id), top.Entries.Select(entry => entry.PlayerId));
        Assert.Equal((6u, (ulong)own.Id, own.Name), (top.Own.Rank, top.Own.PlayerId, top.Own.Name));
        Assert.Equal((1u, 0L), (top.Season, top.SeasonEndsAtMs));
        Assert.True(top.Players >= 8);
        var around = Reply(await Boards(own).ReadAround(own.Next(), board, 1));
        Assert.Equal([5u, 6u, 7u], around.Entries.Select(entry => entry.Rank));

        await Befriend(own, players[1]);
        var friends = Reply(await Boards(own).ReadAmongFriends(own.Next(), board));
        Assert.Equal([(2u, (ulong)players[1].Id), (6u, (ulong)own.Id)],
            friends.Entries.Select(entry => (entry.Rank, entry.PlayerId)));

        var stranger = await TestPlayer.Playing(game);
        Assert.Null((await Read(stranger, board)).Own);
        Assert.Empty(Reply(await Boards(stranger).ReadAround(stranger.Next(), board, 3)).Entries);
        Assert.Equal(GameError.BoardUnknown, (await Boards(own).ReadAround(own.Next(), "height", 3)).Error);
        Assert.Equal(GameError.PageInvalid, (await Boards(own).ReadLeaderboard(own.Next(), board, 0, 0, 101)).Error);
        Assert.Equal(GameError.SeasonUnknown, (await Boards(own).ReadLeaderboard(own.Next(), board, 2, 0, 0)).Error);
    }

    [Theory]
    [InlineData("write:leaderboard/rating.ffa8", Fault.Before)]
    [InlineData("write:leaderboard/rating.ffa8", Fault.After)]
    [InlineData("write:letters/{ann}", Fault.Before)]
    [InlineData("write:letters/{ann}", Fault.After)]
    [InlineData("append:mailbox/{bob}", Fault.After)]
    public async Task The_end_of_a_season_is_rewarded_once_whatever_breaks(string point, Fault fault)
    {
        const string board = "rating.ffa8";
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Submit(board, ann, 2000);
        await Submit(board, bob, 1900);
        var running = await Read(ann, board);
        var season = running.Season;
        var armed = point.Replace("{ann}", $"{ann.Id}").Replace("{bob}", $"{bob.Id}");
        game.Faults.Arm(armed, fault);
        game.World.Clock.Advance(
            DateTimeOffset.FromUnixTimeMilliseconds(running.SeasonEndsAtMs)
                .AddMinutes(1) - game.World.Clock.GetUtcNow());
        foreach (var (player, rank, gems) in new[] { (ann, 1u, 100L), (bob, 2u, 40L) })
        {
            await Wait.Until(async () => (await player.Pushes<SeasonEnded>()).Length > 0, "the season's end is told");
            var told = Assert.Single(await player.Pushes<SeasonEnded>());
            Assert.Equal((board, season, rank), (told.Board, told.Season, told.Rank));
            var letter =
                Assert.Single(await player.Pushes<LetterArrived>(), each => each.Letter.Value is not null).Letter;
            Assert.Equal(("gem", gems), (letter.Value.Currencies[0].Currency, letter.Value.Currencies[0].Amount));
        }

        Assert.True(game.Faults.Dealt(armed));
        // Everybody has logged in again since.
        await ann.Login();
        var now = await Read(ann, board);
        Assert.Equal((season + 1, 0u), (now.Season, now.Players));
        var past = await Read(ann, board, season);
        Assert.Equal([(1u, (ulong)ann.Id, 2000L), (2u, (ulong)bob.Id, 1900L)],
            past.Entries.Select(entry => (entry.Rank, entry.PlayerId, entry.Score)));
        // What was counted in the season that is over does not count again in this one.
        await Submit(board, ann, 2000);
        Assert.Equal(0u, (await Read(ann, board)).Players);
        await GameHost.Deactivate(game.Client.GetGrain<ILeaderboardGrain>(board));
        Assert.Equal(season + 1, (await Read(ann, board)).Season);
        await Task.Delay(100);
        Assert.Single(await ann.Pushes<SeasonEnded>());
        Assert.Single(await ann.Pushes<LetterArrived>());
    }

    [Fact]
    public async Task A_full_letter_box_does_not_keep_a_reward_out()
    {
        const string board = "rating.5v5";
        var ann = await TestPlayer.Playing(game);
        await Submit(board, ann, 1800);
        var letters = game.Client.GetGrain<ILetterBoxGrain>(ann.Id);
        var gift = new Value { Currencies = { new Balance { Currency = "gold", Amount = 1 } } };
        for (var i = 0; i < LetterLimits.Cap; i++)
        {
            Assert.Equal(GameError.Ok, await letters.TakeOperatorLetter(
                $"fill/{i}", "s", "t", Google.Protobuf.MessageExtensions.ToByteArray(gift),
                game.World.Clock.GetUtcNow().AddDays(400)));
        }

        game.World.Clock.Advance(TimeSpan.FromDays(28));
        await Wait.Until(async () => (await ann.Pushes<LetterArrived>()).Count(
            push => push.Letter.Value?.Currencies[0].Currency == "gem") == 1, "the reward is there");
    }

    private Task Submit(string board, TestPlayer player, long score) => Wait.UntilClear(async () =>
    {
        await game.Client.GetGrain<ILeaderboardGrain>(board)
            .Submit($"test/{player.Id}/{score}", player.Id, player.Name, score);
        return true;
    });

    private static async Task Befriend(TestPlayer one, TestPlayer other)
    {
        var (first, second) = (Friends(one), Friends(other));
        Assert.Equal(GameError.Ok, (await first.RequestFriend(one.Next(), other.Id)).Error);
        await Wait.Until(
            async () => (await second.AnswerFriend(other.Next(), one.Id, true)).Error == GameError.Ok,
            "they are asked");
        var social = one.Game.Client.GetGrain<ISocialGrain>(one.Id);
        await Wait.Until(async () => (await social.Friends()).Contains(other.Id), "they are friends");
    }

    private static IPlayerFriends Friends(TestPlayer player) => player.Game.Client.GetGrain<IPlayerFriends>(player.Id);

    private static IPlayerBoards Boards(TestPlayer player) => player.Game.Client.GetGrain<IPlayerBoards>(player.Id);

    private static async Task<LeaderboardReply> Read(
        TestPlayer player, string board, uint season = 0, uint count = 0) =>
        Reply(await Wait.UntilClear(() => Boards(player).ReadLeaderboard(player.Next(), board, season, 0, count)));

    private static LeaderboardReply Reply(Outcome outcome)
    {
        Assert.Equal(GameError.Ok, outcome.Error);
        return LeaderboardReply.Parser.ParseFrom(outcome.Reply);
    }
}
