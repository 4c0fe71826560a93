using System.Globalization;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>A session ends once when its resume window closes, whoever has died meanwhile.</summary>
public sealed class AccountLostTests(ITestOutputHelper output) : EndToEndTest(output), IAsyncLifetime
{
    private static readonly TimeSpan LostWithin = TimeSpan.FromSeconds(60);

    private readonly LocalCluster _cluster = new(
        "--Player:ResumeWindow", "00:00:03", "--Player:GatewaySilence", "00:00:03", "--Player:WatchEvery",
        "00:00:00.500",
        "--Player:WakeEvery", "00:00:05", "--Gateway:HeartbeatEvery", "00:00:01",
        // The one place where the end of a session can be seen without waking the player.
        "--Serilog:MinimumLevel:Override:GameBackend.Grains.Player", "Debug");

    public Task InitializeAsync() => _cluster.Heal();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public Task B6_An_account_is_lost_once_although_its_gateway_and_its_silo_died() => Within(150, async () =>
    {
        var (gateway, other) = (_cluster.Gateways[0], _cluster.Gateways[1]);
        await using var watcher = await TestPlayer.Join(other);
        await using var player = await TestPlayer.Join(gateway, other);
        var id = player.PlayerId;
        Assert.True((await watcher.Client.Player.GetProfile(id)).Online);
        var home = await _cluster.SiloOf(id);
        Assert.NotNull(home);

        await Task.WhenAll(gateway.Kill(), home.Kill());
        await player.DisposeClient();
        Say($"{gateway.Name} and {home.Name} are killed, and the player does not come back");
        var rest = _cluster.Silos.Single(silo => silo != home);
        var gone = string.Create(CultureInfo.InvariantCulture, $"Player {(long)id} is gone; sessions lost so far: 1");
        await rest.Process.Line(gone, LostWithin);
        Say($"the account is lost, with nobody asking for it");
        Assert.False((await watcher.Client.Player.GetProfile(id)).Online);

        // Nothing of it is repeated: neither by the reminder, nor by the silo that is back, nor by a new log-in.
        await _cluster.Heal();
        await player.LogIn(gateway);
        await player.Client.Leave();
        var again = string.Create(CultureInfo.InvariantCulture, $"Player {(long)id} is gone; sessions lost so far: 2");
        await Wait.Until("the second session ends", () => Said(again) == 1, LostWithin);
        Assert.Equal(1, Said(gone));
        Assert.Equal(0, home.Process.Lines().Count(line => line.Contains(gone, StringComparison.Ordinal)));
    });

    private static int Count(Node node, string text) =>
        node.Process.Lines().Count(line => line.Contains(text, StringComparison.Ordinal));

    private int Said(string text) => _cluster.Silos.Sum(silo => Count(silo, text));
}
