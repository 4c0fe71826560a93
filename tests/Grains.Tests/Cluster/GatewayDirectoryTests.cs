using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Cluster;

[Collection(nameof(EmbeddedGame))]
public sealed class GatewayDirectoryTests(EmbeddedGame game)
{
    // Key 0 is the product's own; a test has its own directory.
    private readonly IGatewayDirectoryGrain _directory =
        game.Client.GetGrain<IGatewayDirectoryGrain>(Random.Shared.NextInt64(1, long.MaxValue));

    [Fact]
    public async Task A_gateway_is_listed_as_long_as_it_renews()
    {
        var (a, b) = (Entry("a"), Entry("b"));
        Assert.Equal([a], await _directory.Announce(a));
        game.World.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([a, b], (await _directory.Announce(b)).OrderBy(entry => entry.Name));
        game.World.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([b], await _directory.List());
        game.World.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(await _directory.List());
    }

    [Fact]
    public async Task A_renewal_tells_what_is_new_of_a_gateway()
    {
        var entry = Entry("a");
        await _directory.Announce(entry);
        var busier = entry with { Sessions = 7, Draining = true };
        Assert.Equal([busier], await _directory.Announce(busier));
    }

    [Fact]
    public async Task A_gateway_that_withdraws_is_gone_at_once()
    {
        var (a, b) = (Entry("a"), Entry("b"));
        await _directory.Announce(a);
        await _directory.Announce(b);
        await _directory.Withdraw(a.Id);
        await _directory.Withdraw(Guid.NewGuid());
        Assert.Equal([b], await _directory.List());
    }

    private static GatewayEntry Entry(string name) =>
        new(Guid.NewGuid(), name, "127.0.0.1:7700", "ws://127.0.0.1:7710/ws", 0, Draining: false);
}
