using Orleans.Streams;

namespace GameBackend.Grains.Lanes;

/// <summary>
/// Batches between the queue and each lane's gateway. A lane that is not drained loses its oldest batches and never holds
/// up another one: a lost item is found by its number in the mailbox, a blocked queue would be lost time for everybody.
/// </summary>
internal sealed class LaneCache : IQueueCache, IQueueAdapterCache
{
    private const int BatchesPerLane = 256;
    private const int LanesKept = 1024;

    // The pulling agent is a single-threaded system target and is the only user of its cache.
    private readonly Dictionary<StreamId, Queue<IBatchContainer>> _lanes = [];

    /// <summary>A cache for each queue.</summary>
    public IQueueCache CreateQueueCache(QueueId queueId) => new LaneCache();

    public int GetMaxAddCount() => 1024;

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        foreach (var batch in messages)
        {
            var lane = Lane(batch.StreamId);
            if (lane.Count == BatchesPerLane)
                lane.Dequeue();
            lane.Enqueue(batch);
        }
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken token) => new Cursor(Lane(streamId));

    private Queue<IBatchContainer> Lane(StreamId streamId)
    {
        if (_lanes.TryGetValue(streamId, out var lane))
            return lane;

        // Lanes of gateways that are gone stay behind, empty or full; the oldest make room.
        if (_lanes.Count == LanesKept)
            _lanes.Remove(_lanes.Keys.First());
        return _lanes[streamId] = new Queue<IBatchContainer>();
    }

    /// <summary>A lane has one reader, so reading takes out.</summary>
    private sealed class Cursor(Queue<IBatchContainer> lane) : IQueueCacheCursor
    {
        private IBatchContainer? _current;

        public IBatchContainer GetCurrent(out Exception exception)
        {
            exception = null!;
            return _current!;
        }

        public bool MoveNext() => lane.TryDequeue(out _current);

        public void Refresh(StreamSequenceToken token) { }

        public void RecordDeliveryFailure() { }

        public void Dispose() { }
    }
}
