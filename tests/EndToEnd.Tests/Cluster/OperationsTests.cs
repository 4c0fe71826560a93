using System.Text.Json.Nodes;
using GameBackend.Client;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using GameBackend.Protocol;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>What operators do with a cluster under load: upgrade it, empty a node, add one, give roles away.</summary>
public sealed class OperationsTests(ITestOutputHelper output) : EndToEndTest(output)
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(3);
    private static readonly HttpClient Http = new();

    [Fact]
    public Task A9_A_rolling_restart_of_all_silos_and_gateways_fails_no_request() => Within(240, async () =>
    {
        await using var cluster = new LocalCluster();
        await cluster.Heal();
        var play = BotsProgram.Start("play", cluster.Gateways, 40, BotsProgram.UntilEnded, cluster.Directory);
        await play.Busy();
        foreach (var node in cluster.Silos.Concat(cluster.Gateways))
        {
            Assert.Equal(0, await node.Stop(StopWithin));
            await node.Start();
            Say($"{node.Name} is restarted");
        }

        play.EndLoad();
        var result = await play.Succeed(TimeSpan.FromSeconds(120));
        Say($"{result.ToJsonString()}");
        // Nothing is refused to a caller. That nothing is put off either can be asked of a machine that keeps pace alone:
        // on another one calls may take longer than the server works on them.
        Assert.Null(result["errors"]!["Unavailable"]);
        if ((double)result["slowdown"]! < 2)
            Assert.Null(result["postponed"]!["Unavailable"]);
        Assert.Equal(0, (long)result["unanswered"]!);
        Assert.Equal(0, (long)result["sessions_lost"]!);
    });

    [Fact]
    public Task A9_C7_A_drained_silo_lets_go_of_everything_for_good_and_no_call_fails() => Within(120, async () =>
    {
        await using var cluster = new LocalCluster();
        await cluster.Heal();
        var gateway = cluster.Gateways[0];
        var players = await TestPlayer.JoinAll(20, [.. cluster.Gateways]);
        Assert.Equal(0, (int)(await LocalCluster.Act(gateway, "drain", new { node = "silo-1" }))["left"]!);
        foreach (var player in players)
            await player.Client.Player.Fetch(CancellationToken.None);
        // Whose former place is still remembered somewhere is started there once more, and then moved for good.
        await Wait.Until("all are on the other silo", async () =>
        {
            foreach (var player in players)
                await player.Client.Player.Fetch();
            var spread = await Spread(cluster, "PlayerGrain");
            return spread["silo-1"] == 0 && spread["silo-2"] == 20;
        }, TimeSpan.FromSeconds(20));
        Assert.False((bool)(await LocalCluster.NodesSeenBy(cluster.Gateways[1]))["silo-1"]["available"]!);
        Assert.Contains("takes no new work", await Ready(cluster.Silos[0]), StringComparison.Ordinal);

        await LocalCluster.Act(gateway, "undrain", new { node = "silo-1" });
        Assert.Equal("ready", await Ready(cluster.Silos[0]));
        foreach (var player in players)
            await player.DisposeAsync();
    });

    [Fact]
    public Task A9_Players_spread_to_a_silo_that_joins_and_none_of_their_calls_fails() => Within(180, async () =>
    {
        await using var cluster = new LocalCluster();
        await cluster.Start(1);
        var players = await TestPlayer.JoinAll(60, [.. cluster.Gateways]);
        Assert.Equal(60, (await Spread(cluster, "PlayerGrain"))["silo-1"]);
        await cluster.Silos[1].Start();
        var began = MachineTime.Now;
        // Everybody goes on playing.
        using var stop = new CancellationTokenSource();
        var playing = players.Select(player => Play(player, stop.Token)).ToArray();
        await Wait.Until("the silos have as many each", async () =>
        {
            var spread = await Spread(cluster, "PlayerGrain");
            return spread.GetValueOrDefault("silo-2") is >= 24 and <= 36;
        }, TimeSpan.FromSeconds(60));
        Say($"even after {(MachineTime.Now - began).TotalSeconds:0.0} s: {Text(await Spread(cluster, "PlayerGrain"))}");
        await stop.CancelAsync();
        await Task.WhenAll(playing);
        foreach (var player in players)
            await player.DisposeAsync();
    });

    [Fact]
    public Task A2_D3_Grains_live_where_their_role_is_and_a_role_nobody_carries_is_named() => Within(120, async () =>
    {
        string[][] roles = [["player"], ["social", "match"], ["battle"]];
        await using var cluster = new LocalCluster
        {
            SiloCount = 3,
            SiloOptions = number => [.. roles[number - 1].SelectMany((role, i) => new[] { $"--Silo:Roles:{i}", role })],
        };
        await cluster.Start(1, 2);
        var (ann, bob) = (await TestPlayer.Join(cluster.Gateways[0]), await TestPlayer.Join(cluster.Gateways[1]));
        await ann.Client.Team.Create(new TeamSettings { Mode = "3v3" });
        Assert.Equal(2, (await Spread(cluster, "PlayerGrain"))["silo-1"]);
        Assert.Equal(0, (await Spread(cluster, "PlayerGrain"))["silo-2"]);
        Assert.Equal(1, (await Spread(cluster, "TeamGrain"))["silo-2"]);
        Assert.Equal("ready, but no silo carries: battle", await Ready(cluster.Gateways[0]));
        // The client goes on asking until somebody carries the role.
        var watching = bob.Client.Battles.Watch(1);
        await cluster.Gateways[1].Process.Line("No silo carries the role 'battle'", TimeSpan.FromSeconds(20));
        Assert.False(watching.IsCompleted);

        await cluster.Silos[2].Start();
        await Wait.Until("somebody carries it", async () => await Ready(cluster.Gateways[0]) == "ready", GoneWithin);
        var unknown = await Assert.ThrowsAsync<GameErrorException>(() => watching);
        Assert.Equal(GameError.BattleNotFound, unknown.Error);
        foreach (var player in new[] { ann, bob })
            await player.DisposeAsync();
    });

    private static async Task Play(TestPlayer player, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await player.Client.Player.Fetch(CancellationToken.None);
            await Task.Delay(400, CancellationToken.None);
        }
    }

    private static async Task<string> Ready(Node node) =>
        await (await Http.GetAsync(new Uri(node.Operators, "/health/ready"))).Content.ReadAsStringAsync();

    private static async Task<Dictionary<string, int>> Spread(LocalCluster cluster, string type) =>
        (await LocalCluster.Look(cluster.Gateways[0], "spread"))["spread"]![type]!.AsObject()
            .ToDictionary(silo => silo.Key, silo => (int)silo.Value!);

    private static string Text(Dictionary<string, int> spread) => new JsonObject(
        spread.Select(silo => KeyValuePair.Create(silo.Key, (JsonNode?)JsonValue.Create(silo.Value)))).ToJsonString();
}
