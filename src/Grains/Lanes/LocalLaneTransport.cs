using System.Collections.Concurrent;

namespace GameBackend.Grains.Lanes;

/// <summary>Lanes of a single process.</summary>
public sealed class LocalLaneTransport : ILaneTransport
{
    private readonly ConcurrentDictionary<uint, Action<LanePacket>> _receivers = new();

    public void Publish(uint queue, string lane, LaneItem item)
    {
        if (_receivers.TryGetValue(queue, out var receive))
            receive(new LanePacket(lane, item));
    }

    public Task<IAsyncDisposable> Subscribe(uint queue, Action<LanePacket> receive)
    {
        _receivers[queue] = receive;
        return Task.FromResult<IAsyncDisposable>(new Subscription(_receivers, new(queue, receive)));
    }

    private sealed class Subscription(
        ConcurrentDictionary<uint, Action<LanePacket>> receivers,
        KeyValuePair<uint, Action<LanePacket>> entry) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            receivers.TryRemove(entry);
            return ValueTask.CompletedTask;
        }
    }
}
