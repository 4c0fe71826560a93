using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace GameBackend.Nodes.Tests;

/// <summary>Zones side by side on one Redis, with their own keys, and a network of harbors between them.</summary>
internal sealed class TestZones(string redis) : IAsyncDisposable
{
    public static readonly Google.Protobuf.Reflection.ServiceDescriptor Arithmetic =
        ArithmeticReflection.Descriptor.Services[0];

    private readonly string _prefix = Guid.NewGuid().ToString("N");
    private readonly List<TestNode> _nodes = [];

    public string Sea => $"{_prefix}:sea";

    public Task<TestNode> Harbor(int zone, Action<NodeOptions>? configure = null, string? name = null) => Add(
        zone, NodeTypes.Harbor, configure, null, services => services.AddHarbor(
            provider => provider.GetRequiredService<IConnectionMultiplexer>(), Sea, name ?? Prefix(zone)), name);

    public Task<TestNode> Gateway(int zone) => Add(zone, NodeTypes.Gateway, null, null, null);

    /// <summary>A node that lets its arithmetic be called from elsewhere.</summary>
    public Task<TestNode> Server(int zone, Action<TestNode>? serve = null, bool exports = true) => Add(
        zone, NodeTypes.Silo, options => options.Exports = exports ? [Arithmetic.FullName] : [], serve ?? Serve, null);

    /// <summary>A caller in zone 1 and a server in zone 2 that it can call, with a harbor each.</summary>
    public async Task<(TestNode Caller, TestNode Server, TestNode Near, TestNode Far)> Pair(
        Action<TestNode>? serve = null)
    {
        var (near, far) = (await Harbor(1), await Harbor(2));
        var (caller, server) = (await Gateway(1), await Server(2, serve));
        await Sees(caller, server);
        return (caller, server, near, far);
    }

    public static Task Sees(TestNode caller, TestNode server, bool does = true) => Wait.Until(
        () => caller.Directory.Exporting(Arithmetic.FullName).Contains(server.Address) == does,
        $"{caller.Address} sees {server.Address}: {does}");

    public static Task<AddReply> Sum(TestNode caller, NodeAddress to, int a, int b) =>
        caller.Calls.Call<AddReply>(to, Arithmetic, new AddRequest { A = a, B = b });

    /// <summary>Without a heartbeat's or a deadline's wait.</summary>
    public static async Task<NodeException> FailsAtOnce(NodeError error, Func<Task> call) =>
        await FailsWithin(0.5, error, call());

    public static async Task<NodeException> FailsWithin(double seconds, NodeError error, Task call)
    {
        var failure = await Assert.ThrowsAsync<NodeException>(() => call.Within(seconds));
        Assert.Equal(error, failure.Error);
        return failure;
    }

    public static void Serve(TestNode node) => node.Calls.Serve<AddRequest, AddReply>(
        Arithmetic, (_, request, _) => Task.FromResult(new AddReply { Sum = request.A + request.B }));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes))
            await node.DisposeAsync();
    }

    /// <summary>Whatever is said, on any network.</summary>
    public async Task<TestNode> Add(
        int zone, int type, Action<NodeOptions>? configure, Action<TestNode>? serve, Action<IServiceCollection>? add,
        string? prefix = null)
    {
        var node = await TestNode.Start(
            redis, type,
            options =>
            {
                options.Cluster = zone;
                configure?.Invoke(options);
            },
            serve, prefix ?? Prefix(zone), add);
        _nodes.Add(node);
        return node;
    }

    private string Prefix(int zone) => $"{_prefix}:zone-{zone}";
}
