using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Cluster;

/// <summary>Each test kills a silo of a cluster of its own.</summary>
public sealed class SiloKillTests
{
    [Fact]
    public async Task A_session_whose_silo_died_still_ends_once_by_its_reminder()
    {
        await using var game = await Started();
        var player = await TestPlayer.Playing(game.Game);
        await player.Session.Detach(player.Epoch, 0);
        await game.Game.KillSiloOf(player.Session);
        game.Game.World.Clock.Advance(TimeSpan.FromSeconds(61));
        // Nobody calls the player: its record in storage tells whether the reminder did.
        await Wait.Until(
            async () => (await game.Game.Stored<PlayerRecord>("player", player.Session)).Session.Lost == 1,
            "the reminder has ended the session", 30);
        game.Game.World.Clock.Advance(TimeSpan.FromSeconds(61));
        var presence = await Wait.UntilClear(() => player.Session.GetPresence());
        Assert.Equal((PresenceStatus.Offline, 1ul), (presence.Status, presence.SessionsLost));
        Assert.True((await Wait.UntilClear(() => player.Login())).Epoch > presence.Epoch);
    }

    [Fact]
    public async Task A_mailbox_whose_silo_died_goes_on_where_it_was_and_keeps_pushing_to_its_lane()
    {
        await using var game = await Started();
        await using var lane = await LaneEar.Listen(game.Game);
        var player = await TestPlayer.Playing(game.Game, lane.Name);
        var request = player.Next();
        Assert.Equal(GameError.Ok, (await player.Profile.Buy(request, "wood.oak", 1)).Error);
        var posted = (await player.Mailbox.Post("before", 1, [1], PostKind.Message))!;
        await game.Game.KillSiloOf(player.Mailbox);

        var known = await Wait.UntilClear(() => player.Mailbox.Post("before", 1, [1], PostKind.Message), 30);
        Assert.Equal(posted.Seq, known!.Seq);
        var again = await Wait.UntilClear(() => player.Profile.Buy(request, "wood.oak", 1), 30);
        Assert.Equal((GameError.Ok, posted.Seq), (again.Error, again.AfterSeq));
        Assert.Equal(9_997, await player.Gold());
        Assert.Equal([1ul, 2ul], (await player.Changes()).Select(change => change.Version));

        await lane.Probe(game.Game, 30);
        var after = (await player.Mailbox.Post("after", 1, [2], PostKind.Message))!;
        Assert.Equal(posted.Seq + 1, after.Seq);
        Assert.Equal(player.Epoch, (await lane.Next(player.Id, after.Seq)).Epoch);
    }

    [Fact]
    public async Task Lanes_of_every_queue_flow_again_within_ten_seconds_of_a_kill()
    {
        await using var game = await Started();
        var lanes = new List<LaneEar>();
        for (var i = 0; i < 16; i++)
            lanes.Add(await LaneEar.Listen(game.Game, i));
        await game.Game.Cluster.KillSiloAsync(game.Game.Cluster.Silos[1]);
        var began = MachineTime.Now;
        await Task.WhenAll(lanes.Select(lane => lane.Probe(game.Game, 10)));
        Assert.InRange(MachineTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_directory_forgets_the_grains_of_a_killed_silo_that_nobody_calls()
    {
        await using var game = await Started();
        var boxes = Enumerable.Range(0, 40).Select(_ =>
            game.Game.Client.GetGrain<IMailboxGrain>(Random.Shared.NextInt64(1, long.MaxValue))).ToArray();
        foreach (var box in boxes)
            await box.HasRoomFor(1, PostKind.Message);
        // The one with the lowest address is the one that sweeps, until then.
        var killed = game.Game.Cluster.Silos.MinBy(silo => silo.SiloAddress)!;
        Assert.Contains(killed.SiloAddress, await game.Game.InDirectory("mailbox"));
        await game.Game.Cluster.KillSiloAsync(killed);
        await Wait.Until(
            async () => !(await game.Game.InDirectory("")).Contains(killed.SiloAddress), "its entries are gone", 30);
        Assert.NotEmpty(await game.Game.InDirectory("mailbox"));
    }

    private static async Task<Owned> Started()
    {
        var game = new RedisGame
        {
            World = new GameWorld { PlayerOptions = options => options.WakeEvery = TimeSpan.FromSeconds(1) },
        };
        await game.InitializeAsync();
        return new Owned(game);
    }

    private sealed record Owned(RedisGame Game) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Game.DisposeAsync();
    }
}
