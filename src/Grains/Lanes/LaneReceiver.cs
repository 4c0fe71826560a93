using System.Threading.Channels;
using Orleans.Streams;

namespace GameBackend.Grains.Lanes;

/// <summary>
/// One queue's end on the silo that serves it. A read waits until something is published, so that an item costs no poll
/// interval, and at most <see cref="LongestWait"/>, so that the agent can stop.
/// </summary>
internal sealed class LaneReceiver(uint queue, ILaneTransport transport, LaneMetrics metrics) : IQueueAdapterReceiver
{
    private const int MaxQueued = 16 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<LanePacket> _arrived = Channel.CreateBounded<LanePacket>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => metrics.Dropped.Add(1));

    private Task<IAsyncDisposable>? _subscription;
    private long _sequence = DateTime.UtcNow.Ticks;

    public Task Initialize(TimeSpan timeout)
    {
        // One that takes longer than the timeout is waited for again, not made twice.
        if (_subscription is null or { IsFaulted: true } or { IsCanceled: true })
            _subscription = transport.Subscribe(queue, Take);
        return _subscription.WaitAsync(timeout);
    }

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        if (_subscription is not { IsCompletedSuccessfully: true })
            await Initialize(SubscribeTimeout);
        if (!_arrived.Reader.TryRead(out var packet))
        {
            if (!await WaitForArrival() || !_arrived.Reader.TryRead(out packet))
                return [];
        }

        var lanes = new Dictionary<string, List<LaneItem>>();
        var taken = 0;
        do
        {
            if (!lanes.TryGetValue(packet.Lane, out var items))
                lanes[packet.Lane] = items = [];
            items.Add(packet.Item);
        }
        while (++taken < maxCount && _arrived.Reader.TryRead(out packet));

        var batches = new List<IBatchContainer>(lanes.Count);
        foreach (var (lane, items) in lanes)
            batches.Add(new LaneBatch(Lane.Stream(lane), [.. items], ++_sequence));
        return batches;
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public async Task Shutdown(TimeSpan timeout)
    {
        _arrived.Writer.TryComplete();
        if (_subscription is { } subscription)
            await (await subscription.WaitAsync(timeout)).DisposeAsync();
    }

    private void Take(LanePacket packet)
    {
        if (_arrived.Writer.TryWrite(packet))
            metrics.Received.Add(1);
    }

    private async Task<bool> WaitForArrival()
    {
        using var limit = new CancellationTokenSource(LongestWait);
        try
        {
            return await _arrived.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
