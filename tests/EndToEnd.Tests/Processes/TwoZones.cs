using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>Two clusters on one Redis, each with a harbor, silos and a gateway; and what their operators see.</summary>
internal sealed class TwoZones : IAsyncDisposable
{
    private const string Key = "a key for the operators";
    private static readonly HttpClient Http = new();

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("gamebackend-zones-").FullName;
    private readonly RedisServer _redis = new() { Configuration = Programs.RedisConfiguration };

    /// <param name="exports">What the silos of the second zone let others call.</param>
    public TwoZones(params string[] exports) => Zones = [new Zone(this, 1, []), new Zone(this, 2, exports)];

    public Zone[] Zones { get; }

    public async Task Start()
    {
        await _redis.Start();
        await Task.WhenAll(Zones.SelectMany(zone => zone.Nodes).Select(node => node.Start()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Zones.SelectMany(zone => zone.Nodes).Where(node => node.IsRunning))
            await node.Kill();
        await _redis.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A cluster with ids, keys and processes of its own.</summary>
    internal sealed class Zone
    {
        public Zone(TwoZones zones, int number, string[] exports)
        {
            Number = number;
            string[] all =
            [
                "--Redis:ConnectionString", zones._redis.Address,
                "--Cluster:ServiceId", $"zone{number}", "--Cluster:ClusterId", $"zone{number}",
                "--Node:Cluster", number.ToString(CultureInfo.InvariantCulture),
            ];
            string Place(string name) => Path.Combine(zones._directory, $"zone-{number}-{name}");
            Harbor = Node.Harbor($"harbor of zone {number}", Place("harbor"), all);
            Silo = Node.Silo(
                $"silo of zone {number}", Place("silo"),
                [.. all, .. exports.SelectMany((service, i) => new[] { $"--Node:Exports:{i}", service })]);
            Gateway = Node.Gateway(
                $"gateway of zone {number}", Place("gateway"),
                [.. all, "--Admin:Key", Key]);
        }

        public int Number { get; }

        public Node Harbor { get; }

        public Node Silo { get; }

        public Node Gateway { get; }

        public IEnumerable<Node> Nodes => [Harbor, Silo, Gateway];

        /// <summary>Asks this zone's operators' endpoint.</summary>
        public async Task<(int Status, JsonNode Body)> Ask(string path, object? body = null)
        {
            using var request = new HttpRequestMessage(
                body is null ? HttpMethod.Get : HttpMethod.Post,
                new Uri(Gateway.Operators, $"/v1/admin/{path}"));
            request.Headers.Add("X-Admin-Key", Key);
            request.Content = body is null ? null : JsonContent.Create(body);
            using var answer = await Http.SendAsync(request);
            return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
        }
    }
}
