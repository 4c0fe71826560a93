using System.Globalization;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Two builds in one cluster: see tests/NextVersion.</summary>
[Collection(ClusterCollection.Name)]
public sealed class VersionTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private static readonly HttpClient Http = new();

    [Fact]
    public Task A9_A_silo_with_one_more_grain_method_joins_and_both_versions_serve() => Within(90, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var players = await TestPlayer.JoinAll(12, [.. cluster.Gateways]);
        foreach (var player in players)
            await player.Client.Player.SetProfile("fox", "of the older version");
        var next = cluster.NewSilo(Programs.NextSilo, "next", []);
        try
        {
            await next.Start();
            Assert.StartsWith("99.", (string)(await LocalCluster.NodesSeenBy(cluster.Gateways[0]))["next"]["version"]!,
                StringComparison.Ordinal);
            using var stop = new CancellationTokenSource();
            var playing = players.Select(player => Play(player, stop.Token)).ToArray();
            foreach (var player in players.Take(6))
            {
                var name = (await player.Client.Player.Fetch()).Profile.Name;
                Assert.Equal($"hello, {name}", await Greet(next, player.PlayerId));
            }

            // Whoever is greeted is on the next version now; the others are where they were, or came by balancing.
            var spread = (await LocalCluster.Look(cluster.Gateways[0], "spread"))["spread"]!["PlayerGrain"]!.AsObject();
            Say($"{spread.ToJsonString()}");
            Assert.True((int)spread["next"]! >= 6);
            await stop.CancelAsync();
            await Task.WhenAll(playing);
            // And back: gateways and silos of the older version go on.
            Assert.Equal(0, await next.Stop(TimeSpan.FromSeconds(45)));
            foreach (var player in players)
            {
                Assert.Equal("of the older version", (await player.Client.Player.Fetch()).Profile.Motto);
                await player.DisposeAsync();
            }
        }
        finally
        {
            if (next.IsRunning)
                await next.Kill();
        }
    });

    private static async Task Play(TestPlayer player, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await player.Client.Player.Buy("wood.oak", 1, CancellationToken.None);
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private static Task<string> Greet(Node next, ulong player) => Http.GetStringAsync(
        new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{next.HttpPort}/next/{player}")));
}
