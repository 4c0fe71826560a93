using Google.Protobuf;

namespace GameBackend.Nodes.Tests;

public sealed class NodeBusTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Messages_to_a_node_arrive_once_and_in_order()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        await using var silo = await Start(NodeTypes.Silo);
        await Wait.Until(() => gateway.Directory.All.Length == 2, "both are known");
        for (var i = 0; i < 500; i++)
            await gateway.Bus.Push(i % 2 == 0 ? silo.Address : gateway.Directory.Find(silo.Self.Uuid)!.Address,
                Hello(i));
        await Wait.Until(() => silo.Hellos.Count == 500, "all have come");
        Assert.Equal(Enumerable.Range(0, 500), silo.Hellos.Select(hello => hello.Number));
    }

    [Fact]
    public async Task Messages_to_many_reach_each_and_leave_out_the_sender_if_told_to()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        await using var first = await Start(NodeTypes.Silo);
        await using var second = await Start(NodeTypes.Silo);
        await Wait.Until(() => first.Directory.All.Length == 3, "all three are known");

        Assert.Equal(1, await first.Bus.PushToType(NodeTypes.Silo, Hello(1)));
        Assert.Equal(2, await first.Bus.PushToType(NodeTypes.Silo, Hello(2), includeSelf: true));
        Assert.Equal(2, await first.Bus.PushToAll(Hello(3)));
        Assert.Equal(3, await first.Bus.PushToAll(Hello(4), includeSelf: true));
        await first.Bus.PushToRandom(NodeTypes.Gateway, Hello(5));
        await Wait.Until(() =>
            gateway.Hellos.Count + first.Hellos.Count + second.Hellos.Count == 9, "all have come");
        Assert.Equal([3, 4, 5], Numbers(gateway));
        Assert.Equal([2, 4], Numbers(first));
        Assert.Equal([1, 2, 3, 4], Numbers(second));
    }

    [Fact]
    public async Task A_message_to_a_node_that_is_not_there_says_so()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        await using var silo = await Start(NodeTypes.Silo);
        await Wait.Until(() => gateway.Directory.All.Length == 2, "both are known");
        var (address, uuid) = (silo.Address, silo.Self.Uuid);
        await Refused(NodeError.NodeGone, () => gateway.Bus.Push(new NodeAddress(1, 2, 99), Hello(1)));
        await Refused(NodeError.NoRoute, () => gateway.Bus.PushToRandom(33, Hello(1)));
        await Refused(NodeError.NoRoute, () => gateway.Bus.Push(new NodeAddress(2, 2, 1), Hello(1)));
        // The directory does not know yet; Redis says that nobody listens.
        await silo.Kill();
        await Refused(NodeError.NodeGone, () => gateway.Bus.Push(address, Hello(1)));
        await Refused(NodeError.NodeGone, () => gateway.Bus.Push(uuid, Hello(1)));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_and_one_that_is_not_arrives_whole()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        await using var silo = await Start(NodeTypes.Silo);
        await Wait.Until(() => gateway.Directory.All.Length == 2, "both are known");
        await Refused(NodeError.TooLarge, () => gateway.Bus.Push(
            silo.Address, new Hello { Padding = ByteString.CopyFrom(new byte[1024 * 1024]) }));
        foreach (var size in new[] { 0, 1023, 1024, 1025, 65_536, 1_000_000 })
        {
            var padding = new byte[size];
            Random.Shared.NextBytes(padding);
            await gateway.Bus.Push(silo.Address, new Hello { Number = size, Padding = ByteString.CopyFrom(padding) });
            await Wait.Until(() => silo.Hellos.LastOrDefault()?.Number == size, $"{size} bytes have come");
            Assert.Equal(padding, silo.Hellos.Last().Padding);
        }
    }

    [Fact]
    public async Task What_is_left_for_an_address_waits_for_its_next_run()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        var address = new NodeAddress(1, NodeTypes.Silo, 9);
        for (var i = 0; i < 150; i++)
            await gateway.Bus.PushDurable(address, Hello(i));
        await using (var silo = await Start(NodeTypes.Silo, options => options.Number = 9))
        {
            await Wait.Until(() => silo.Hellos.Count == 150, "all have come");
            Assert.Equal(Enumerable.Range(0, 150), Numbers(silo));
            await Wait.Until(() => gateway.Directory.Find(address) is not null, "it is known");
            await gateway.Bus.PushDurable(address, Hello(150));
            await Wait.Until(() => silo.Hellos.Count == 151, "one that comes meanwhile is taken at once", 1);
            await silo.Stop();
        }

        await using var later = await Start(NodeTypes.Silo, options => options.Number = 9);
        await gateway.Bus.PushDurable(address, Hello(151));
        await Wait.Until(() => !later.Hellos.IsEmpty, "the last has come");
        Assert.Equal([151], Numbers(later));
    }

    [Fact]
    public async Task A_handler_that_fails_or_hangs_holds_up_nobody()
    {
        await using var gateway = await Start(NodeTypes.Gateway);
        await using var silo =
            await TestNode.Start(redis.ConnectionString, NodeTypes.Silo, prefix: _prefix, serve: node =>
            node.Bus.On<WaitRequest>((_, wait) => wait.Throws
                ? throw new InvalidOperationException("on purpose")
                : Task.Delay(Timeout.Infinite)));
        await Wait.Until(() => gateway.Directory.All.Length == 2, "both are known");
        await gateway.Bus.Push(silo.Address, new WaitRequest());
        await gateway.Bus.Push(silo.Address, new WaitRequest { Throws = true });
        await gateway.Bus.Push(silo.Address, new SubtractRequest());
        await gateway.Bus.Push(silo.Address, Hello(1));
        await Wait.Until(() => !silo.Hellos.IsEmpty, "the last has come");
    }

    private static Hello Hello(int number) => new() { Number = number };

    private static IEnumerable<int> Numbers(TestNode node) => node.Hellos.Select(hello => hello.Number);

    private static async Task Refused(NodeError error, Func<Task> push) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<NodeException>(push)).Error);

    private Task<TestNode> Start(int type, Action<NodeOptions>? configure = null) =>
        TestNode.Start(redis.ConnectionString, type, configure, prefix: _prefix);
}
