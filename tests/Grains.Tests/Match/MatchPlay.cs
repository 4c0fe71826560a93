using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Match;

/// <summary>What players do at the matchmaker.</summary>
internal static class MatchPlay
{
    /// <summary>A region of each shard.</summary>
    public static readonly string[] Regions = ["eu-west", "us-east", "asia-east"];

    public static IPlayerMatch Match(this TestPlayer player) => player.Game.Client.GetGrain<IPlayerMatch>(player.Id);

    public static Task<Outcome> Queue(this TestPlayer player, string mode, string region = "eu-west") =>
        player.Queue(player.Next(), mode, region);

    public static Task<Outcome> Queue(this TestPlayer player, Caller caller, string mode, string region = "eu-west") =>
        player.Match().QueueMatch(caller, mode, "", [new RegionPing(region, 20)]);

    public static async Task Waits(this TestPlayer player, string mode, string region = "eu-west")
    {
        var outcome = await Wait.UntilClear(() => player.Queue(mode, region));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.Equal(mode, QueueMatchReply.Parser.ParseFrom(outcome.Reply).Status.Mode);
    }

    public static async Task<GetMatchStatusReply> MatchStatus(this TestPlayer player)
    {
        var outcome = await Wait.UntilClear(() => player.Match().GetMatchStatus(player.Next()));
        Assert.Equal(GameError.Ok, outcome.Error);
        return GetMatchStatusReply.Parser.ParseFrom(outcome.Reply);
    }

    /// <summary>The match about which all of them are asked.</summary>
    public static async Task<long> Asked(params TestPlayer[] players)
    {
        var match = 0UL;
        foreach (var player in players)
        {
            await Wait.Until(async () => (await player.MatchStatus()).Check is { } check
                && (await player.Pushes<ReadyCheckStarted>())
                    .Any(push => push.MatchId == check.MatchId), "a match is found");
            var found = (await player.MatchStatus()).Check.MatchId;
            Assert.True(match == 0 || match == found);
            match = found;
        }

        return (long)match;
    }

    public static async Task<GameError> Answers(this TestPlayer player, long match, bool ready) =>
        (await Wait.UntilClear(() => player.Match().AnswerReady(player.Next(), match, ready, ""))).Error;

    /// <summary>How a match has ended, as the player was told.</summary>
    public static async Task<ReadyCheckEnded> Ended(this TestPlayer player, long match)
    {
        ReadyCheckEnded? ended = null;
        await Wait.Until(async () => (ended = (await player.Pushes<ReadyCheckEnded>())
            .SingleOrDefault(push => push.MatchId == (ulong)match)) is not null, "the ready check is over");
        return ended!;
    }

    public static Task<Memberships> Groups(this TestPlayer player) =>
        player.Game.Client.GetGrain<IMembershipGrain>(player.Id).Get();

    /// <summary>Time goes by, in which the players' gateways are heard from.</summary>
    public static async Task TimePasses(GameHost game, int seconds, params TestPlayer[] players)
    {
        for (var left = seconds; left > 0; left -= 20)
        {
            game.World.Clock.Advance(TimeSpan.FromSeconds(Math.Min(20, left)));
            foreach (var player in players)
                await player.Session.Heartbeat(player.Epoch, 0);
        }
    }

    /// <summary>The battle that has come of a match, as it is stored.</summary>
    public static Task<BattleRecord> Battle(GameHost game, long match) =>
        game.Stored<BattleRecord>("battle", game.Client.GetGrain<IBattleGrain>(match));

    /// <summary>What a battle's end does: the player is free.</summary>
    public static Task Free(this TestPlayer player, long battle) =>
        player.Game.Client.GetGrain<IMembershipGrain>(player.Id).Release(MembershipKind.Battle, battle);

    public static async Task<TestPlayer[]> Players(GameHost game, int count)
    {
        var players = new TestPlayer[count];
        for (var i = 0; i < count; i++)
            players[i] = await TestPlayer.Playing(game);
        return players;
    }

    /// <summary>A team, the leader first.</summary>
    public static async Task<(TestPlayer[] Players, long Team)> Team(GameHost game, int size)
    {
        var players = await Players(game, size);
        var created = await game.Client.GetGrain<IPlayerTeam>(players[0].Id)
            .CreateTeam(players[0].Next(), new TeamWishes("", true, "", ""));
        var team = (long)CreateTeamReply.Parser.ParseFrom(created.Reply).TeamId;
        foreach (var mate in players[1..])
            await mate.Joins(team);
        return (players, team);
    }

    /// <summary>Into an open team.</summary>
    public static async Task Joins(this TestPlayer player, long team)
    {
        var asked = await player.Game.Client.GetGrain<IPlayerTeam>(player.Id).AskForTeam(player.Next(), team, 0);
        Assert.Equal(GameError.Ok, asked.Error);
    }

    /// <summary>Somebody has ended the waiting of a player's team, and the player is told.</summary>
    public static async Task WaitsNoMore(this TestPlayer player)
    {
        await Wait.Until(async () => (await player.Groups()).Battle == 0, "the team waits no more");
        await Wait.Until(
            async () => (await player.Pushes<MatchStatus>()).Any(push => push.Mode == ""), "the player is told");
    }
}
