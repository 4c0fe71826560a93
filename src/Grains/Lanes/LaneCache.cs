using Orleans.Streams;

namespace GameBackend.Grains.Lanes;

/// <summary>
/// Batches between the queue and each lane's gateway. A lane that is not drained loses its oldest batches and never
/// holds up another one: a lost item is found by its number in the mailbox, a blocked queue would be lost time for
/// everybody.
/// </summary>
internal sealed class LaneCache(LaneMetrics metrics) : IQueueCache, IQueueAdapterCache
{
    private const int LanesKept = 1024;

    // The pulling agent is a single-threaded system target and is the only user of its cache.
    private readonly Dictionary<StreamId, LaneBuffer> _lanes = [];

    /// <summary>A cache for each queue.</summary>
    public IQueueCache CreateQueueCache(QueueId queueId) => new LaneCache(metrics);

    public int GetMaxAddCount() => 256;

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        foreach (var batch in messages)
            Lane(batch.StreamId).Add((LaneBatch)batch);
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token) => Lane(streamId).Read(token);

    private LaneBuffer Lane(StreamId streamId)
    {
        if (_lanes.TryGetValue(streamId, out var lane))
            return lane;
        if (_lanes.Count >= LanesKept)
            DropUnread();
        return _lanes[streamId] = new LaneBuffer(metrics);
    }

    /// <summary>Lanes of gateways that are gone stay behind until they are too many.</summary>
    private void DropUnread()
    {
        foreach (var (streamId, lane) in _lanes)
        {
            if (!lane.IsRead)
                _lanes.Remove(streamId);
        }
    }
}
