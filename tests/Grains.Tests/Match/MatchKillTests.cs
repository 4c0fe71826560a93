using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Match;

/// <summary>A silo dies with a queue on it.</summary>
public sealed class MatchKillTests : IAsyncLifetime
{
    private readonly RedisGame _game = new();

    public Task InitializeAsync() => _game.InitializeAsync();

    public Task DisposeAsync() => _game.DisposeAsync();

    [Fact]
    public async Task A_queue_whose_silo_dies_goes_on_elsewhere_by_itself_and_has_everybody()
    {
        var (team, _) = await MatchPlay.Team(_game, 3);
        var others = await MatchPlay.Players(_game, 2);
        await team[0].Waits("3v3");
        foreach (var other in others)
            await other.Waits("3v3");
        var asked = await MatchPlay.Players(_game, 2);
        foreach (var player in asked)
            await player.Waits("1v1");
        var match = await MatchPlay.Asked(asked);
        await asked[0].Answers(match, true);
        var before = (await team[2].MatchStatus()).Status.WaitedSeconds;

        var queue = _game.Client.GetGrain<IMatchGrain>("3v3/europe");
        var dead = await _game.Whereabouts(queue);
        var killed = MachineTime.Now;
        await _game.KillSiloOf(queue);
        // Nobody asks for the queue but the silo that is left.
        await Wait.Until(async () => await Alive(queue, dead), "the queue is back", 20);
        var took = MachineTime.Now - killed;
        Assert.True(took < TimeSpan.FromSeconds(5), $"The queue was away for {took.TotalSeconds:0.0} s.");

        foreach (var player in team.Concat(others))
            Assert.True((await player.MatchStatus()).Status.WaitedSeconds >= before);
        Assert.Equal(GameError.Ok, await asked[1].Answers(match, true));
        Assert.True((await asked[0].Ended(match)).IsOn);
        Assert.Equal(2, (await MatchPlay.Battle(_game, match)).Setup.Seats.Count);
        var last = await TestPlayer.Playing(_game);
        await last.Waits("3v3");
        await MatchPlay.Asked([.. team, .. others, last]);
    }

    private async Task<bool> Alive(IMatchGrain queue, SiloAddress? dead)
    {
        try
        {
            return await _game.Whereabouts(queue) is { } now && !now.Equals(dead);
        }
        catch (Exception e) when (Wait.IsUnclear(e))
        {
            return false;
        }
    }
}
