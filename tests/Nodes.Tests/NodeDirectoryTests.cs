using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace GameBackend.Nodes.Tests;

public sealed class NodeDirectoryTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Nodes_find_each_other_by_every_look_up()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        await using var silo = await Start(NodeTypes.Silo, options => options.Metadata["zone"] = "north");
        await using var second = await Start(NodeTypes.Silo);
        await Wait.Until(() => gateway.Directory.All.Length == 3, "all three are known");

        Assert.Equal("1.2.1", silo.Address.ToString());
        Assert.Equal("1.2.2", second.Address.ToString());
        Assert.Equal("1.1.1", gateway.Address.ToString());
        var known = gateway.Directory.Find(silo.Address)!;
        Assert.Equal(silo.Self.Uuid, known.Uuid);
        Assert.Equal(known.Address, gateway.Directory.Find(known.Uuid)!.Address);
        Assert.True(gateway.Directory.IsActive(known.Uuid));
        Assert.False(gateway.Directory.IsActive(Guid.NewGuid()));
        Assert.Equal(["player", "battle"], known.Roles.OrderByDescending(role => role));
        Assert.Equal("north", known.Metadata["zone"]);
        Assert.Equal((3u, 1u), (known.Load.Items, known.Load.Queue));
        Assert.Equal(2, gateway.Directory.OfType(NodeTypes.Silo).Length);
        Assert.Equal(3, gateway.Directory.WithRole("battle").Length);
        Assert.NotEqual(0, known.LastActiveMs);
        Assert.Equal(gateway.Address, gateway.Directory.RandomOf(NodeTypes.Gateway)!.Address);
        Assert.Null(gateway.Directory.RandomOf(77));
    }

    [Fact]
    public async Task Who_is_not_available_is_not_picked_but_is_found()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        await using var silo = await Start(NodeTypes.Silo);
        await Wait.Until(() => gateway.Directory.RandomOf(NodeTypes.Silo) is not null, "the silo is known");
        silo.Self.Available = false;
        await Wait.Until(() => gateway.Directory.RandomOf(NodeTypes.Silo) is null, "it is not picked any more");
        Assert.NotNull(gateway.Directory.Find(silo.Address));
        await gateway.Bus.Push(silo.Address, new Hello { Number = 1 });
        await Wait.Until(() => !silo.Hellos.IsEmpty, "what is meant for it arrives");
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_gone_within_its_lease_and_a_stopped_one_at_once()
    {
        await using var watcher = await Start(NodeTypes.Gateway);
        var changes = new ConcurrentQueue<NodeChange>();
        watcher.Directory.Changed += changes.Enqueue;
        await using var killed = await Start(NodeTypes.Silo);
        await using var stopped = await Start(NodeTypes.Silo);
        await Wait.Until(() => watcher.Directory.All.Length == 3, "both are known");
        var (killedAddress, stoppedAddress) = (killed.Address, stopped.Address);

        await stopped.Stop();
        await Wait.Until(() => watcher.Directory.Find(stoppedAddress) is null, "the stopped one is gone", 0.5);
        await killed.Kill();
        await Wait.Until(() => watcher.Directory.Find(killedAddress) is null, "the killed one is gone", 2);
        Assert.Equal(
            [NodeChangeKind.Joined, NodeChangeKind.Joined, NodeChangeKind.Left, NodeChangeKind.Left],
            changes.Where(change => change.Kind != NodeChangeKind.Changed).Select(change => change.Kind));
    }

    [Fact]
    public async Task An_address_is_one_nodes_until_its_lease_has_run_out()
    {
        await using var first = await Start(NodeTypes.Silo, options => options.Number = 7);
        var uuid = first.Self.Uuid;
        await first.Kill();
        // Waits for the lease of the dead one.
        await using var second = await Start(NodeTypes.Silo, options => options.Number = 7);
        Assert.Equal("1.2.7", second.Address.ToString());
        Assert.NotEqual(uuid, second.Directory.Find(second.Address)!.Uuid);
    }

    [Fact]
    public async Task An_address_that_a_living_node_has_is_refused()
    {
        await using var first = await Start(NodeTypes.Silo, options => options.Number = 7);
        var refused = await Assert.ThrowsAsync<NodeJoinException>(
            () => Start(NodeTypes.Silo, options => options.Number = 7));
        Assert.Contains("1.2.7", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_a_living_node_has_is_refused_whatever_the_node_is()
    {
        await using var first = await Start(NodeTypes.Silo, options => options.Name = "north");
        await using var other = await Start(NodeTypes.Silo, options => options.Name = "south");
        var refused = await Assert.ThrowsAsync<NodeJoinException>(
            () => Start(NodeTypes.Gateway, options => options.Name = "north"));
        Assert.Contains("north", refused.Message, StringComparison.Ordinal);
        // The refused one has left nothing behind, and has taken nothing.
        Assert.Equal(first.Self.Uuid, other.Directory.Named("north")!.Uuid);
        Assert.Equal(2, other.Directory.All.Length);
        Assert.Equal(first.Self.Uuid, other.Directory.Named(first.Self.Uuid.ToString("N"))!.Uuid);
    }

    [Fact]
    public async Task A_name_is_one_nodes_until_it_stops_or_its_lease_has_run_out()
    {
        await using var first = await Start(NodeTypes.Silo, options => options.Name = "north");
        await first.Kill();
        await using var second = await Start(NodeTypes.Silo, options => options.Name = "north");
        Assert.Equal(second.Self.Uuid, second.Directory.Named("north")!.Uuid);
        await second.Stop();
        var begin = MachineTime.Now;
        await using var third = await Start(NodeTypes.Silo, options =>
            (options.Name, options.Lease) = ("north", TimeSpan.FromSeconds(30)));
        Assert.InRange(MachineTime.Now - begin, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Equal(third.Self.Uuid, third.Directory.Named("north")!.Uuid);
    }

    [Fact]
    public async Task Nodes_of_different_zones_may_have_one_name_where_they_meet()
    {
        await using var first = await Start(NodeTypes.Harbor, options => options.Name = "harbor-1");
        await using var second = await Start(
            NodeTypes.Harbor, options => (options.Name, options.Cluster) = ("harbor-1", 2));
        await Wait.Until(() => first.Directory.All.Length == 2, "both are known");
    }

    [Fact]
    public async Task Who_starts_while_the_connection_breaks_joins_all_the_same_and_hears_each_message_once()
    {
        await using var first = await Start(NodeTypes.Silo);
        await using var second = await TestNode.Start(redis.ConnectionString, prefix: _prefix,
            add: services => services.AddSingleton<INodeNetwork>(provider => new BreakingNetwork(
                new RedisNodeNetwork(provider.GetRequiredService<IConnectionMultiplexer>(), _prefix))));
        await Wait.Until(() => first.Directory.IsActive(second.Self.Uuid), "the second is known");
        await first.Bus.Push(second.Address, new Hello { Number = 1 });
        await first.Bus.Push(second.Address, new Hello { Number = 2 });
        await Wait.Until(() => second.Hellos.Any(hello => hello.Number == 2), "it has heard");
        Assert.Equal([1, 2], second.Hellos.Select(hello => hello.Number));
    }

    [Fact]
    public async Task An_address_that_is_not_listed_is_refused()
    {
        var refused = await Assert.ThrowsAsync<NodeJoinException>(
            () => Start(NodeTypes.Silo, options => (options.Number, options.AllowedAddresses) = (8, ["1.2.7"])));
        Assert.Contains("1.2.8", refused.Message, StringComparison.Ordinal);
        await using var listed = await Start(
            NodeTypes.Silo, options => (options.Number, options.AllowedAddresses) = (7, ["1.2.7"]));
    }

    [Fact]
    public async Task Many_that_start_at_once_get_a_number_each()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 12)
            .Select(i => Start(NodeTypes.Silo, options => options.Name = $"n{i}")));
        Assert.Equal(Enumerable.Range(1, 12), nodes.Select(node => node.Address.Number).Order());
        await Wait.Until(() => nodes.All(node => node.Directory.All.Length == 12), "all know all");
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Fact]
    public async Task A_process_that_is_alone_is_a_node_too()
    {
        await using var alone = await TestNode.Start(null);
        Assert.Equal("1.2.1", alone.Address.ToString());
        Assert.Single(alone.Directory.All);
        await alone.Bus.Push(alone.Address, new Hello { Number = 5 });
        await alone.Bus.PushDurable(alone.Address, new Hello { Number = 6 });
        await Wait.Until(() => alone.Hellos.Count == 2, "it hears itself");
    }

    private Task<TestNode> Start(int type, Action<NodeOptions>? configure = null) =>
        TestNode.Start(redis.ConnectionString, type, configure, prefix: _prefix);
}
