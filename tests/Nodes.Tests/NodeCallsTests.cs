
namespace GameBackend.Nodes.Tests;

public sealed class NodeCallsTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = Guid.NewGuid().ToString("N");
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_call_is_answered()
    {
        await using var pair = await Pair();
        var reply = await pair.Add(20, 22);
        Assert.Equal(42, reply.Sum);
        var many = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => pair.Add(i, i)));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 2 * i), many.Select(each => each.Sum));
        Assert.Equal(0, pair.Caller.Calls.Waiting);
    }

    [Fact]
    public async Task Each_way_of_failing_is_told_apart()
    {
        await using var pair = await Pair();
        await Fails(NodeError.UnknownMethod, pair.Call<AddReply>(new SubtractRequest()));
        await Fails(NodeError.HandlerFault, pair.Call<WaitReply>(new WaitRequest { Throws = true }));
        await Fails(NodeError.Timeout, pair.Call<WaitReply>(new WaitRequest(), TimeSpan.FromMilliseconds(100)));
        await Fails(NodeError.NodeGone, pair.Caller.Calls.Call<AddReply>(
            new NodeAddress(1, 2, 99), ArithmeticReflection.Descriptor.Services[0], new AddRequest()));
        using var cancel = new CancellationTokenSource();
        var call = pair.Call<WaitReply>(new WaitRequest(), cancellation: cancel.Token);
        await cancel.CancelAsync();
        await Fails(NodeError.Cancelled, call);
        await Fails(NodeError.Cancelled, pair.Call<WaitReply>(new WaitRequest(), cancellation: cancel.Token));
        Assert.Equal(0, pair.Caller.Calls.Waiting);
    }

    [Fact]
    public async Task A_handler_hears_that_its_call_was_cancelled()
    {
        await using var pair = await Pair();
        using var cancel = new CancellationTokenSource();
        var call = pair.Call<WaitReply>(new WaitRequest(), cancellation: cancel.Token);
        await _waiting.Task.Within(5);
        await cancel.CancelAsync();
        await _cancelled.Task.Within(5);
        await Fails(NodeError.Cancelled, call);
    }

    [Fact]
    public async Task A_call_to_a_node_that_is_killed_fails_with_its_lease()
    {
        await using var pair = await Pair();
        var call = pair.Call<WaitReply>(new WaitRequest(), TimeSpan.FromSeconds(30));
        await _waiting.Task.Within(5);
        var began = MachineTime.Now;
        await pair.Server.Kill();
        await Fails(NodeError.NodeGone, call);
        Assert.InRange(MachineTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_node_that_stops_answers_first_and_does_not_wait_for_handlers_that_hang()
    {
        await using var pair = await Pair();
        var hanging = pair.Call<WaitReply>(new WaitRequest(), TimeSpan.FromSeconds(30));
        var answered = pair.Add(1, 2);
        await _waiting.Task.Within(5);
        var began = MachineTime.Now;
        await pair.Server.Stop();
        Assert.InRange(MachineTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(3, (await answered).Sum);
        var failure = await Assert.ThrowsAsync<NodeException>(() => hanging.Within(2));
        Assert.Contains(failure.Error, new[] { NodeError.NodeGone, NodeError.Cancelled });
    }

    [Fact]
    public async Task What_is_no_method_of_the_service_is_refused_at_once()
    {
        await using var pair = await Pair();
        await Assert.ThrowsAsync<ArgumentException>(() => pair.Call<AddReply>(new Hello()));
        await Assert.ThrowsAsync<ArgumentException>(() => pair.Call<WaitReply>(new AddRequest()));
        Assert.Throws<ArgumentException>(() => Serve(pair.Server));
    }

    private static async Task Fails(NodeError error, Task call) =>
        Assert.Equal(
            error, (await Assert.ThrowsAsync<NodeException>(() => call.Within(10))).Error);

    private async Task<NodePair> Pair()
    {
        var pair = new NodePair(
            await TestNode.Start(redis.ConnectionString, NodeTypes.Gateway, prefix: _prefix),
            await TestNode.Start(redis.ConnectionString, NodeTypes.Silo, serve: Serve, prefix: _prefix));
        await Wait.Until(() => pair.Caller.Directory.All.Length == 2, "both are known");
        return pair;
    }

    private void Serve(TestNode node)
    {
        var service = ArithmeticReflection.Descriptor.Services[0];
        node.Calls.Serve<AddRequest, AddReply>(
            service, (_, request, _) => Task.FromResult(new AddReply { Sum = request.A + request.B }));
        node.Calls.Serve<WaitRequest, WaitReply>(service, async (_, request, cancellation) =>
        {
            if (request.Throws)
                throw new InvalidOperationException("on purpose");
            using var told = cancellation.Register(() => _cancelled.TrySetResult());
            _waiting.TrySetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return new WaitReply();
        });
    }

    private sealed record NodePair(TestNode Caller, TestNode Server) : IAsyncDisposable
    {
        public Task<AddReply> Add(int a, int b) => Call<AddReply>(new AddRequest { A = a, B = b });

        public Task<TReply> Call<TReply>(
            Google.Protobuf.IMessage request, TimeSpan? timeout = null, CancellationToken cancellation = default)
            where TReply : Google.Protobuf.IMessage<TReply>, new() => Caller.Calls.Call<TReply>(
                Server.Address, ArithmeticReflection.Descriptor.Services[0], request, timeout, cancellation);

        public async ValueTask DisposeAsync()
        {
            await Caller.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
