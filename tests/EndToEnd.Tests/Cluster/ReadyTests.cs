using System.Net;
using System.Net.Http.Json;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Ready means that the first request is served.</summary>
public sealed class ReadyTests(ITestOutputHelper output) : EndToEndTest(output)
{
    private const int Starts = 3;

    [Fact]
    public Task The_first_log_in_at_a_gateway_that_says_it_is_ready_works_whoever_was_started_first() =>
        Within(240, async () =>
        {
            using var http = new HttpClient();
            for (var start = 0; start < Starts; start++)
            {
                await using var cluster = new LocalCluster { SiloCount = 1 };
                // All at once: gateways wait for the silo.
                await cluster.Start(1);
                var gateway = cluster.Gateways[start % 2];
                using var first = await http.PostAsJsonAsync(
                    new Uri(gateway.Accounts, "/v1/accounts/device"), new { deviceId = $"{Guid.NewGuid():N}" });
                Assert.Equal(HttpStatusCode.OK, first.StatusCode);
                await using var player = await TestPlayer.Join(cluster.Gateways[(start + 1) % 2]);
                Assert.Equal(0, player.Client.Statistics.Reconnects);
                foreach (var node in (Node[])[.. cluster.Silos, .. cluster.Gateways])
                    Assert.DoesNotContain(node.Process.Lines(), IsAlarm);
            }
        });
}
