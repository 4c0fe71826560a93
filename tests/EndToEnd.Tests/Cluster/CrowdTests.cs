using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>The bots against a cluster whose nodes die and come back.</summary>
[Collection(ClusterCollection.Name)]
public sealed class CrowdTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private const int Bots = 30;
    private static readonly TimeSpan RunWithin = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public Task A1_C3_A_player_can_do_everything(string transport) => Within(120, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var bots = BotsProgram.Start("smoke", cluster.Gateways, 4, 1, cluster.Directory, "--transport", transport);
        Say($"{(await bots.Succeed(RunWithin)).ToJsonString()}");
    });

    [Fact]
    public Task A_crowd_loses_nothing_while_nodes_die_nor_when_all_do() => Within(240, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var state = Path.Combine(cluster.Directory, "state");
        BotsProgram[] runs =
        [
            BotsProgram.Start("play", cluster.Gateways, Bots, BotsProgram.UntilEnded, cluster.Directory, "--state", state),
            BotsProgram.Start("flaky", cluster.Gateways, Bots, BotsProgram.UntilEnded, cluster.Directory),
            BotsProgram.Start("mail", cluster.Gateways, Bots, BotsProgram.UntilEnded, cluster.Directory),
        ];
        await Task.WhenAll(runs.Select(run => run.Busy()));
        await BreakNodes(cluster, runs);
        foreach (var run in runs)
            run.EndLoad();
        foreach (var run in runs)
        {
            var result = await run.Succeed(RunWithin);
            Say($"{result.ToJsonString()}");
            Assert.True((long)result["reconnects"]! > 0, "The nodes died without these bots.");
        }

        await cluster.KillAll();
        Say($"every process is killed, redis too");
        await cluster.Heal();
        var verify = BotsProgram.Start("verify", cluster.Gateways, Bots, 0, cluster.Directory, "--state", state);
        Say($"{(await verify.Succeed(RunWithin)).ToJsonString()}");
    });

    private async Task BreakNodes(LocalCluster cluster, BotsProgram[] runs)
    {
        void Report(string what) =>
            Say($"{what}; {runs.Count(run => run.IsRunning)} of {runs.Length} scenarios still run");

        await cluster.Gateways[0].Kill();
        Report("gateway-1 is killed");
        await cluster.Gateways[0].Start();
        await cluster.Silos[0].Kill();
        Report("gateway-1 is back, silo-1 is killed");
        await cluster.Silos[0].Start();
        Report("silo-1 is back, silo-2 is asked to stop");
        Assert.Equal(0, await cluster.Silos[1].Stop(StopWithin));
        await cluster.Silos[1].Start();
        Report("silo-2 is back");
    }
}
