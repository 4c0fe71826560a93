using Orleans.Streams;

namespace GameBackend.Grains.Lanes;

/// <summary>
/// The last batches of one lane, for each reader until it has read them. A lane has one reader, but for a while two
/// when its gateway subscribes anew.
/// </summary>
internal sealed class LaneBuffer(LaneMetrics metrics)
{
    private const int BatchesKept = 256;
    private const int MaxItems = 256;

    private readonly Dictionary<long, LaneBatch> _batches = [];
    private readonly List<Cursor> _cursors = [];
    private long _first;
    private long _end;

    public bool IsRead => _cursors.Count > 0;

    public void Add(LaneBatch batch)
    {
        if (_end - _first == BatchesKept)
        {
            if (IsRead)
                metrics.Dropped.Add(_batches[_first].Count);
            _batches.Remove(_first++);
        }

        _batches[_end++] = batch;
    }

    /// <param name="from">The first batch to read; null for the next that comes.</param>
    public IQueueCacheCursor Read(StreamSequenceToken? from)
    {
        var start = _end;
        while (from is not null && start > _first && !_batches[start - 1].SequenceToken.Older(from))
            start--;
        var cursor = new Cursor(this, start);
        _cursors.Add(cursor);
        metrics.Subscriptions.Add(1);
        return cursor;
    }

    /// <summary>What has come in while the last delivery was under way goes out as one.</summary>
    private LaneBatch? Take(ref long next)
    {
        next = Math.Max(next, _first);
        if (next == _end)
            return null;
        var batch = _batches[next++];
        while (next < _end && batch.Count < MaxItems)
            batch = batch.Join(_batches[next++]);
        DropRead();
        return batch;
    }

    private void DropRead()
    {
        var read = _end;
        foreach (var cursor in _cursors)
            read = Math.Min(read, cursor.Next);
        while (_first < read)
            _batches.Remove(_first++);
    }

    private void Remove(Cursor cursor)
    {
        if (!_cursors.Remove(cursor))
            return;
        metrics.Subscriptions.Add(-1);
        DropRead();
    }

    private sealed class Cursor(LaneBuffer lane, long next) : IQueueCacheCursor
    {
        private IBatchContainer? _current;
        private long _next = next;

        public long Next => _next;

        public IBatchContainer GetCurrent(out Exception exception)
        {
            exception = null!;
            return _current!;
        }

        public bool MoveNext() => (_current = lane.Take(ref _next)) is not null;

        public void Refresh(StreamSequenceToken token) { }

        public void RecordDeliveryFailure() { }

        public void Dispose() => lane.Remove(this);
    }
}
