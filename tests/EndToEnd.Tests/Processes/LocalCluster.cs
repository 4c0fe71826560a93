using System.Globalization;
using System.Text.Json.Nodes;
using StackExchange.Redis;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>A cluster of processes: Redis, some silos and two gateways.</summary>
internal sealed class LocalCluster(params string[] options) : IAsyncDisposable
{
    private const string Id = "e2e";

    // The last of the statuses that a silo has in the membership table.
    private const int Dead = 6;

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("gamebackend-e2e-").FullName;

    public int SiloCount { get; init; } = 2;

    public RedisServer Redis { get; private set; } = null!;

    public IReadOnlyList<Node> Silos { get; private set; } = [];

    public IReadOnlyList<Node> Gateways { get; private set; } = [];

    public string Directory => _directory;

    private IEnumerable<Node> Nodes => [.. Silos, .. Gateways];

    /// <summary>Starts whatever does not run, so that the cluster is whole.</summary>
    public async Task Heal()
    {
        if (Silos.Count == 0)
            Plan();
        if (!Redis.IsRunning)
            await Redis.Start();
        await Task.WhenAll(Nodes.Where(node => !node.IsRunning).Select(node => node.Start()));
    }

    /// <summary>SIGKILL for every process, Redis included.</summary>
    public Task KillAll() => Task.WhenAll(
        [.. Nodes.Where(node => node.IsRunning).Select(node => node.Kill()), Redis.Process.Kill()]);

    /// <summary>The silo on which a player lives, by the grain directory; null if on none.</summary>
    public async Task<Node?> SiloOf(ulong playerId)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        var key = string.Create(CultureInfo.InvariantCulture, $"{Id}/directory/player/{(long)playerId:X}");
        if ((string?)await redis.GetDatabase().StringGetAsync(key) is not { } entry)
            return null;
        var port = PortIn(entry);
        return Silos.Single(each => each.SiloPort == port);
    }

    // <address>:<port>@<generation>
    private static int PortIn(string entry) => int.Parse(
        ((string)JsonNode.Parse(entry)!["SiloAddress"]!).Split(':', '@')[1], CultureInfo.InvariantCulture);

    /// <summary>The silo with most of a type of grains, by the grain directory; null if there are none.</summary>
    public async Task<Node?> BusiestWith(string grainType)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        var ports = new List<int>();
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: $"{Id}/directory/{grainType}/*"))
        {
            if ((string?)await redis.GetDatabase().StringGetAsync(key) is { } entry)
                ports.Add(PortIn(entry));
        }

        return ports.Count == 0
            ? null
            : Silos.First(silo => silo.SiloPort == ports.GroupBy(port => port).MaxBy(group => group.Count())!.Key);
    }

    /// <summary>Whether the membership table has a silo's last start as over, and whether others had to suspect it for that.</summary>
    public async Task<(bool IsOver, bool WasSuspected)> Membership(Node silo)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);
        var members = await redis.GetDatabase().HashGetAllAsync($"{Id}/members/{Id}");
        var entry = members.Select(member => (Address: (string)member.Name!, Entry: (string)member.Value!))
            .Where(member => member.Address.Contains($":{silo.SiloPort}:", StringComparison.Ordinal))
            .OrderBy(member => member.Address, StringComparer.Ordinal).Last().Entry;
        var json = JsonNode.Parse(entry)!;
        // A silo that leaves signs for its own end.
        var others = (json["SuspectTimes"] as JsonArray ?? [])
            .Where(vote => !((string)vote!["Item1"]!["SiloAddress"]!).Contains($":{silo.SiloPort}@", StringComparison.Ordinal));
        return ((int)json["Status"]! == Dead, others.Any());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Where(node => node.IsRunning))
            await node.Kill();
        if (Redis is { IsRunning: true })
            await Redis.Process.Kill();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private void Plan()
    {
        Redis = new RedisServer(Path.Combine(_directory, "redis"));
        string[] all =
        [
            "--Redis:ConnectionString", Redis.ConnectionString, "--Cluster:ServiceId", Id, "--Cluster:ClusterId", Id, .. options,
        ];
        Silos = [.. Names("silo", SiloCount).Select(name => Node.Silo(name, Path.Combine(_directory, name), all))];
        Gateways = [.. Names("gateway", 2).Select(name => Node.Gateway(name, Path.Combine(_directory, name), all))];
    }

    private static IEnumerable<string> Names(string kind, int count) =>
        Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}"));
}
