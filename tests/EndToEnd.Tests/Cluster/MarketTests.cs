using System.Globalization;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Value that changes hands while the processes that carry it are killed.</summary>
public sealed class MarketTests(ITestOutputHelper output) : EndToEndTest(output)
{
    private const int LeastKills = 3;
    private static readonly TimeSpan RunWithin = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan PauseBetweenKills = TimeSpan.FromSeconds(3);

    // The figures of a long run are asked for by the environment; the usual run is short.
    private static readonly int Bots = Number("MARKET_BOTS", 40);
    private static readonly int Seconds = Number("MARKET_SECONDS", 25);

    [Fact]
    public Task The_books_add_up_and_nothing_is_stuck_although_silos_and_gateways_are_killed() =>
        Within(480, async () =>
    {
        await using var cluster = new LocalCluster { SiloCount = 3 };
        await cluster.Heal();
        var market = BotsProgram.Start("market", cluster.Gateways, Bots, BotsProgram.UntilEnded, cluster.Directory);
        await market.Busy();
        var kills = 0;
        var random = new Random(1);
        var end = Environment.TickCount64 + (Seconds * 1000);
        while ((Environment.TickCount64 < end || kills < LeastKills) && market.IsRunning)
        {
            var nodes = kills % 3 == 2 ? cluster.Gateways : cluster.Silos;
            var node = nodes[random.Next(nodes.Count)];
            await node.Kill();
            kills++;
            Say($"{node.Name} is killed");
            await node.Start();
            await Task.Delay(PauseBetweenKills);
        }

        market.EndLoad();
        var result = await market.Succeed(RunWithin);
        Say($"{kills} kills, {result.ToJsonString()}");
        Assert.True((long)result["trades_done"]! > 0 && (long)result["letters_claimed"]! > 0);
    });

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : usual;
}
