using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using StackExchange.Redis;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>A cluster of processes: Redis, some silos and two gateways.</summary>
internal sealed class LocalCluster(params string[] options) : IAsyncDisposable
{
    private const string Id = "e2e";

    /// <summary>Keys of the nodes in Redis begin with it.</summary>
    public const string NodePrefix = $"{Id}:{Id}";

    // The last of the statuses that a silo has in the membership table.
    private const int Dead = 6;

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("gamebackend-e2e-").FullName;

    public const string AdminKey = "operators of the tests";

    private static readonly HttpClient Http = new();

    public int SiloCount { get; init; } = 2;

    /// <summary>More options of a silo, by its number from 1.</summary>
    public Func<int, string[]> SiloOptions { get; init; } = _ => [];

    public RedisServer Redis { get; private set; } = null!;

    public IReadOnlyList<Node> Silos { get; private set; } = [];

    public IReadOnlyList<Node> Gateways { get; private set; } = [];

    public string Directory => _directory;

    private IEnumerable<Node> Nodes => [.. Silos, .. Gateways];

    private string[] Shared =>
    [
        "--Redis:ConnectionString", Redis.Address, "--Cluster:ServiceId", Id, "--Cluster:ClusterId", Id,
        "--Admin:Key", AdminKey, .. options,
    ];

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
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.Address);
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
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.Address);
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

    /// <summary>
    /// Whether the membership table has a silo's last start as over, and whether others had to suspect it for that.
    /// </summary>
    public async Task<(bool IsOver, bool WasSuspected)> Membership(Node silo)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.Address);
        var members = await redis.GetDatabase().HashGetAllAsync($"{Id}/members/{Id}");
        var entry = members.Select(member => (Address: (string)member.Name!, Entry: (string)member.Value!))
            .Where(member => member.Address.Contains($":{silo.SiloPort}:", StringComparison.Ordinal))
            .OrderBy(member => member.Address, StringComparer.Ordinal).Last().Entry;
        var json = JsonNode.Parse(entry)!;
        // A silo that leaves signs for its own end.
        var others = (json["SuspectTimes"] as JsonArray ?? [])
            .Where(vote =>
                !((string)vote!["Item1"]!["SiloAddress"]!).Contains($":{silo.SiloPort}@", StringComparison.Ordinal));
        return ((int)json["Status"]! == Dead, others.Any());
    }

    /// <summary>What operators see at a gateway.</summary>
    public static Task<JsonNode> Look(Node gateway, string path) => Admin(gateway, HttpMethod.Get, path, null);

    /// <summary>What operators do at a gateway.</summary>
    public static Task<JsonNode> Act(Node gateway, string path, object body) =>
        Admin(gateway, HttpMethod.Post, path, body);

    /// <summary>The nodes that a gateway knows, by name.</summary>
    public static async Task<Dictionary<string, JsonNode>> NodesSeenBy(Node gateway) =>
        (await Look(gateway, "nodes")).AsArray().ToDictionary(node => (string)node!["name"]!, node => node!);

    /// <summary>Starts the silos with the numbers from 1, and both gateways.</summary>
    public async Task Start(params int[] silos)
    {
        Plan();
        await Redis.Start();
        await Task.WhenAll(
            [.. silos.Select(number => Silos[number - 1].Start()), .. Gateways.Select(gateway => gateway.Start())]);
    }

    /// <summary>One more silo, which does not run yet. Who starts it ends it.</summary>
    public Node NewSilo(string name, params string[] more) => NewSilo(Programs.Silo, name, more);

    /// <param name="program">Which version.</param>
    public Node NewSilo(string program, string name, string[] more) =>
        Node.Silo(program, name, Path.Combine(_directory, name), [.. Shared, "--Node:Name", name, .. more]);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Where(node => node.IsRunning))
            await node.Kill();
        if (Redis is not null)
            await Redis.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private static async Task<JsonNode> Admin(Node gateway, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Operators, $"/v1/admin/{path}"));
        request.Headers.Add("X-Admin-Key", AdminKey);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private void Plan()
    {
        Redis = new RedisServer { Configuration = Programs.RedisConfiguration };
        Silos = [.. Names("silo", SiloCount).Select((name, index) => NewSilo(name, SiloOptions(index + 1)))];
        Gateways = [.. Names("gateway", 2).Select(name => Node.Gateway(
            name, Path.Combine(_directory, name), [.. Shared, "--Node:Name", name]))];
    }

    private static IEnumerable<string> Names(string kind, int count) =>
        Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}"));
}
