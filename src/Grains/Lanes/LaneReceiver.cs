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
    private const int LanesKept = 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<LanePacket> _arrived = Channel.CreateBounded<LanePacket>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => metrics.Dropped.Add(1));

    private Task<IAsyncDisposable>? _subscription;
    // Used again and again: the pulling agent makes one call after the other.
    private readonly Dictionary<string, Share> _lanes = [];
    private readonly List<Share> _filled = [];
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

        var taken = 0;
        do
            Sort(packet);
        while (++taken < maxCount && _arrived.Reader.TryRead(out packet));

        var batches = new IBatchContainer[_filled.Count];
        for (var i = 0; i < batches.Length; i++)
        {
            batches[i] = new LaneBatch(_filled[i].Stream, [.. _filled[i].Items], ++_sequence);
            _filled[i].Items.Clear();
        }

        _filled.Clear();
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

    private void Sort(in LanePacket packet)
    {
        if (!_lanes.TryGetValue(packet.Lane, out var lane))
        {
            if (_lanes.Count >= LanesKept)
                _lanes.Clear();
            _lanes[packet.Lane] = lane = new Share(Lane.Stream(packet.Lane), []);
        }

        if (lane.Items.Count == 0)
            _filled.Add(lane);
        lane.Items.Add(packet.Item);
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

    /// <summary>What has come for one lane.</summary>
    private sealed record Share(StreamId Stream, List<LaneItem> Items);
}
