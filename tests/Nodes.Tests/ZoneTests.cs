using Google.Protobuf;

namespace GameBackend.Nodes.Tests;

/// <summary>Calls and messages from zone to zone: me, my harbor, its harbor, it.</summary>
public sealed class ZoneTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly TestZones _zones = new(redis.ConnectionString);
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _zones.DisposeAsync().AsTask();

    [Fact]
    public async Task An_exported_service_is_found_and_called_from_another_zone()
    {
        var (caller, server, near, far) = await _zones.Pair();
        Assert.Equal("2.2.1", Assert.Single(caller.Directory.Exporting(TestZones.Arithmetic.FullName, zone: 2))
            .ToString());
        Assert.Empty(caller.Directory.Exporting(TestZones.Arithmetic.FullName, zone: 3));
        Assert.Null(caller.Directory.Find(server.Address));
        var sums = await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(i => TestZones.Sum(caller, server.Address, i, i)));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 2 * i), sums.Select(reply => reply.Sum));
        await caller.Bus.Push(server.Address, new Hello { Number = 7 });
        await Wait.Until(() => !server.Hellos.IsEmpty, "the message has come");
        Assert.Equal((0, 0, 0), (caller.Calls.Waiting, near.Harbor.Waiting, far.Harbor.Waiting));
    }

    [Fact]
    public async Task What_is_not_exported_is_as_if_it_were_not_there()
    {
        var (caller, server, _, _) = await _zones.Pair();
        var hidden = await _zones.Server(2, exports: false);
        var nobody = new NodeAddress(2, NodeTypes.Silo, 99);
        await TestZones.Sum(caller, server.Address, 1, 1);

        var absent = await TestZones.FailsAtOnce(NodeError.NoRoute, () => TestZones.Sum(caller, nobody, 1, 1));
        var unseen = await TestZones.FailsAtOnce(NodeError.NoRoute, () => TestZones.Sum(caller, hidden.Address, 1, 1));
        Assert.Equal(absent.Message.Replace($"{nobody}", "", StringComparison.Ordinal),
            unseen.Message.Replace($"{hidden.Address}", "", StringComparison.Ordinal));
        // Another service of the node that exports one.
        await TestZones.FailsAtOnce(NodeError.NoRoute, () => caller.Calls.Call<ExportServiceReply>(
            server.Address, ControlReflection.Descriptor.Services[0],
            new ExportServiceRequest { Service = "x", On = true }));
        Assert.Equal([TestZones.Arithmetic.FullName], server.Self.Exports);
        Assert.DoesNotContain(hidden.Address, caller.Directory.Exporting(TestZones.Arithmetic.FullName));
        Assert.DoesNotContain(hidden.Address.Value, caller.Directory.Abroad.Select(node => node.Address));

        await TestZones.FailsAtOnce(NodeError.NoRoute, () => caller.Bus.Push(hidden.Address, new Hello()));
        await TestZones.FailsAtOnce(NodeError.NoRoute, () =>
            caller.Bus.Push(server.Address, new ExportServiceRequest()));
        await TestZones.FailsAtOnce(NodeError.NoRoute, () => caller.Bus.PushDurable(server.Address, new Hello()));
        await caller.Bus.Push(server.Address, new Hello());
        Assert.Empty(hidden.Hellos);
    }

    [Fact]
    public async Task What_a_node_does_not_serve_it_cannot_export()
    {
        await using var node = await TestNode.Start(
            null, configure: options => options.Exports = [TestZones.Arithmetic.FullName, "not.Here"],
            serve: TestZones.Serve);
        Assert.Equal([TestZones.Arithmetic.FullName], node.Self.Exports);

        var refused = await Assert.ThrowsAsync<NodeException>(() => Export("not.Here", on: true));
        Assert.Equal(NodeError.HandlerFault, refused.Error);
        Assert.Contains("not.Here", refused.Message, StringComparison.Ordinal);
        // What another service's name begins with is not that service.
        await Assert.ThrowsAsync<NodeException>(() => Export(TestZones.Arithmetic.FullName[..^1], on: true));
        Assert.Equal([TestZones.Arithmetic.FullName], (await Export("not.Here", on: false)).Exports);

        Task<ExportServiceReply> Export(string service, bool on) => node.Calls.Call<ExportServiceReply>(
            node.Address, ControlReflection.Descriptor.Services[0],
            new ExportServiceRequest { Service = service, On = on });
    }

    [Fact]
    public async Task An_export_that_is_switched_at_run_time_comes_and_goes()
    {
        var (caller, server, _, _) = await _zones.Pair();
        var operators = await _zones.Gateway(2);
        await Wait.Until(() => operators.Directory.Find(server.Address) is not null, "the operators see it");
        for (var round = 0; round < 3; round++)
        {
            server.Self.Export(TestZones.Arithmetic.FullName, false);
            await TestZones.Sees(caller, server, false);
            await TestZones.FailsAtOnce(NodeError.NoRoute, () => TestZones.Sum(caller, server.Address, 1, 1));
            var exports = await operators.Calls.Call<ExportServiceReply>(
                server.Address, ControlReflection.Descriptor.Services[0],
                new ExportServiceRequest { Service = TestZones.Arithmetic.FullName, On = true });
            Assert.Equal([TestZones.Arithmetic.FullName], exports.Exports);
            await TestZones.Sees(caller, server);
            Assert.Equal(2, (await TestZones.Sum(caller, server.Address, 1, 1)).Sum);
        }

        // Not to be picked, and still to be called.
        server.Self.Available = false;
        await TestZones.Sees(caller, server, false);
        Assert.Equal(2, (await TestZones.Sum(caller, server.Address, 1, 1)).Sum);
    }

    [Fact]
    public async Task Where_no_way_leads_a_call_fails_at_once()
    {
        var caller = await _zones.Gateway(1);
        var far = new NodeAddress(2, NodeTypes.Silo, 1);
        await TestZones.FailsAtOnce(NodeError.NoRoute, () => TestZones.Sum(caller, far, 1, 1));
        await _zones.Harbor(1);
        await Wait.Until(() => caller.Directory.OfType(NodeTypes.Harbor).Length == 1, "the harbor is known");
        await TestZones.FailsAtOnce(NodeError.NoRoute, () => TestZones.Sum(caller, far, 1, 1));
        await TestZones.FailsAtOnce(NodeError.NoRoute, () => caller.Bus.Push(far, new Hello()));
        var harbor = await _zones.Harbor(2);
        var server = await _zones.Server(2);
        await TestZones.Sees(caller, server);
        await TestZones.Sum(caller, server.Address, 1, 1);

        // Nobody knows yet, but Redis says that nobody listens.
        await server.Kill();
        await TestZones.FailsAtOnce(NodeError.NodeGone, () => TestZones.Sum(caller, far, 1, 1));
        await TestZones.FailsAtOnce(NodeError.NodeGone, () => caller.Bus.Push(far, new Hello()));
        await TestZones.Sees(caller, server, false);
        await TestZones.FailsAtOnce(NodeError.NoRoute, () => TestZones.Sum(caller, far, 1, 1));
        await harbor.Kill();
        await TestZones.FailsAtOnce(NodeError.NodeGone, () => TestZones.Sum(caller, far, 1, 1));
        Assert.Equal(0, caller.Calls.Waiting);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("near harbor")]
    [InlineData("far harbor")]
    public async Task A_call_under_way_fails_soon_whoever_of_its_way_is_killed(string victim)
    {
        var (caller, server, near, far) = await _zones.Pair(Serve);
        var call = CallAndWait(caller, server);
        await _waiting.Task.Within(5);
        var began = MachineTime.Now;
        await (victim switch { "server" => server, "near harbor" => near, _ => far }).Kill();
        await TestZones.FailsWithin(5, NodeError.NodeGone, call);
        // As promised; the lease is a second here, a heartbeat a fifth of one.
        Assert.InRange(MachineTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        await Wait.Until(() => near.Harbor.Waiting == 0 || victim == "near harbor", "nothing is left");
    }

    [Fact]
    public async Task A_message_that_a_harbor_has_taken_into_its_death_fails_soon()
    {
        var near = await _zones.Harbor(1);
        var caller = await _zones.Gateway(1);
        // It takes everything and passes nothing on.
        var mute = await _zones.Add(3, NodeTypes.Harbor, null, null, null, _zones.Sea);
        await Wait.Until(() => near.Harbor.Peers == 2, "the harbors know each other");
        await Wait.Until(() => caller.Directory.OfType(NodeTypes.Harbor).Length == 1, "the harbor is known");
        var push = caller.Bus.Push(new NodeAddress(3, NodeTypes.Silo, 1), new Hello());
        await Wait.Until(() => near.Harbor.Waiting == 1, "it is under way");
        await mute.Kill();
        await TestZones.FailsWithin(2, NodeError.NodeGone, push);
    }

    [Fact]
    public async Task A_harbor_that_stops_waits_for_the_calls_that_are_under_way()
    {
        var (caller, server, near, far) = await _zones.Pair(Serve);
        var call = CallAndWait(caller, server);
        await _waiting.Task.Within(5);
        var stopping = Task.WhenAll(near.Stop(), far.Stop());
        await Wait.Until(() => !near.Self.Available, "it takes nothing new");
        await Wait.Until(() =>
            caller.Directory.Exporting(TestZones.Arithmetic.FullName).IsEmpty, "it leads nowhere");
        _goOn.SetResult();
        await call.Within(2);
        await stopping.Within(2);
    }

    [Fact]
    public async Task Messages_from_node_to_node_stay_in_order_also_with_several_harbors()
    {
        var (caller, server, near, far) = await _zones.Pair();
        TestNode[] harbors = [near, far, await _zones.Harbor(1), await _zones.Harbor(2)];
        await Wait.Until(() => harbors.All(harbor => harbor.Harbor.Peers == 4), "the harbors know each other");
        await Wait.Until(() => caller.Directory.OfType(NodeTypes.Harbor).Length == 2, "the near ones are known");
        await Wait.Until(() => server.Directory.OfType(NodeTypes.Harbor).Length == 2, "the far ones are known");
        await Task.WhenAll(Enumerable.Range(0, 1000)
            .Select(i => caller.Bus.Push(server.Address, new Hello { Number = i })));
        await Wait.Until(() => server.Hellos.Count == 1000, "all have come");
        Assert.Equal(Enumerable.Range(0, 1000), server.Hellos.Select(hello => hello.Number));
        for (var i = 1000; i < 1100; i++)
            await caller.Bus.Push(server.Address, new Hello { Number = i });
        await Wait.Until(() => server.Hellos.Count == 1100, "all have come");
        Assert.Equal(Enumerable.Range(0, 1100), server.Hellos.Select(hello => hello.Number));
    }

    [Fact]
    public async Task Harbors_share_the_pairs_and_take_over_from_each_other()
    {
        var (caller, server, near, _) = await _zones.Pair();
        var second = await _zones.Harbor(1);
        await Wait.Until(() => caller.Directory.OfType(NodeTypes.Harbor).Length == 2, "both harbors are known");
        var far = Enumerable.Range(1, 200).Select(number => new NodeAddress(2, NodeTypes.Silo, number)).ToArray();
        var ways = far.Select(to => caller.Directory.Harbor(1, caller.Address, to, false)!.Uuid).ToArray();
        Assert.InRange(ways.Count(way => way == near.Self.Uuid), 60, 140);
        Assert.Equal(ways, far.Select(to => caller.Directory.Harbor(1, to, caller.Address, false)!.Uuid));

        near.Harbor.SetAvailable(false);
        await Wait.Until(() => !caller.Directory.Find(near.Self.Uuid)!.Available, "one is left");
        Assert.All(far, to =>
            Assert.Equal(second.Self.Uuid, caller.Directory.Harbor(1, caller.Address, to, false)!.Uuid));
        Assert.Equal(3, (await TestZones.Sum(caller, server.Address, 1, 2)).Sum);
    }

    [Fact]
    public async Task Each_way_of_failing_is_told_apart_also_from_far_away()
    {
        var (caller, server, near, far) = await _zones.Pair(Serve);
        await TestZones.FailsAtOnce(NodeError.UnknownMethod, () => caller.Calls.Call<AddReply>(
            server.Address, TestZones.Arithmetic, new SubtractRequest()));
        await TestZones.FailsAtOnce(NodeError.HandlerFault, () => caller.Calls.Call<WaitReply>(
            server.Address, TestZones.Arithmetic, new WaitRequest { Throws = true }));
        await TestZones.FailsWithin(2, NodeError.Timeout, caller.Calls.Call<WaitReply>(
            server.Address, TestZones.Arithmetic, new WaitRequest(), TimeSpan.FromMilliseconds(200)));
        await _cancelled.Task.Within(5);
        await TestZones.FailsAtOnce(NodeError.TooLarge, () => caller.Bus.Push(
            server.Address, new Hello { Padding = ByteString.CopyFrom(new byte[1024 * 1024]) }));
        _goOn.SetResult();
        await Wait.Until(() =>
            near.Harbor.Waiting + far.Harbor.Waiting + caller.Calls.Waiting == 0, "nothing is left");
    }

    [Fact]
    public async Task Nothing_passes_through_a_zone_to_another()
    {
        var (honest, server, near, far) = await _zones.Pair();
        // It has the third zone's place among the harbors, and does what no harbor should.
        var rogue = await _zones.Add(3, NodeTypes.Harbor, null, null, null, _zones.Sea);
        await Wait.Until(() => rogue.Directory.OfType(NodeTypes.Harbor).Length == 3, "all harbors are known");
        var stranger = new NodeAddress(3, NodeTypes.Silo, 1);
        await Slip(by: near, from: stranger, to: server.Address, 1);
        await Slip(by: far, from: stranger, to: honest.Address, 2);
        await Slip(by: far, from: new NodeAddress(2, NodeTypes.Silo, 9), to: server.Address, 3);
        await Slip(by: far, from: stranger, to: server.Address, 4);
        await Wait.Until(() => !server.Hellos.IsEmpty, "the one that may has come");
        await honest.Bus.Push(server.Address, new Hello { Number = 5 });
        await Wait.Until(() => server.Hellos.Count > 1, "a later one has come");
        Assert.Equal([4, 5], server.Hellos.Select(hello => hello.Number));

        async Task Slip(TestNode by, NodeAddress from, NodeAddress to, int number) => Assert.True(await rogue.Bus.Reach(
            rogue.Directory.Find(by.Address)!.Uuid,
            new NodePacket
            {
                From = ByteString.CopyFrom(rogue.Self.Uuid.ToByteArray()),
                FromAddress = from.Value,
                ToAddress = to.Value,
                Push = new NodePush
                {
                    Type = Hello.Descriptor.FullName,
                    Body = new Hello { Number = number }.ToByteString()
                },
            }.ToByteArray()));
    }

    [Fact]
    public async Task A_zone_with_the_number_of_another_is_refused()
    {
        await _zones.Harbor(1);
        var refused = await Assert.ThrowsAsync<NodeJoinException>(
            () => _zones.Harbor(1, options => options.Number = 2, "somebody-else"));
        Assert.Contains("two zones 1", refused.Message, StringComparison.Ordinal);
    }

    private static Task<WaitReply> CallAndWait(TestNode caller, TestNode server) => caller.Calls.Call<WaitReply>(
        server.Address, TestZones.Arithmetic, new WaitRequest(), TimeSpan.FromSeconds(30));

    private void Serve(TestNode node)
    {
        TestZones.Serve(node);
        node.Calls.Serve<WaitRequest, WaitReply>(TestZones.Arithmetic, async (_, request, cancellation) =>
        {
            if (request.Throws)
                throw new InvalidOperationException("on purpose");
            using var told = cancellation.Register(() => _cancelled.TrySetResult());
            _waiting.TrySetResult();
            await _goOn.Task;
            return new WaitReply();
        });
    }
}
