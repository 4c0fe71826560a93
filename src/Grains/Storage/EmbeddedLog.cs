using System.Buffers.Binary;

namespace GameBackend.Grains.Storage;

/// <summary>One log of the embedded store, in memory. Its owner locks.</summary>
internal sealed class EmbeddedLog(int messageIdsKept)
{
    private const int MarkBytes = MessageDigest.Bytes + sizeof(ulong);

    private readonly EmbeddedRing<byte[]> _items = new();
    private readonly EmbeddedRing<Mark> _marks = new();

    public ulong Head { get; private set; }

    /// <summary>The version of the last record that has changed this log.</summary>
    public ulong Version { get; set; }

    public ulong First => Head - (ulong)_items.Count + 1;

    /// <summary>What the message ids take in a snapshot.</summary>
    public int MarksBytes => _marks.Count * MarkBytes;

    public LogBounds Bounds => new(First, Head);

    public bool TryFind(MessageDigest id, out ulong seq)
    {
        // The newest first: what is sent again is what was sent last.
        for (var i = _marks.Count - 1; i >= 0 && !id.IsNone; i--)
        {
            if (_marks[i].Id != id)
                continue;
            seq = _marks[i].Seq;
            return true;
        }

        seq = 0;
        return false;
    }

    public bool IsJust(ulong seq, ReadOnlySpan<byte> item) =>
        Head == seq && _items.Count == 1 && item.SequenceEqual(_items[0]);

    public void Append(ulong seq, MessageDigest id, byte[] item)
    {
        Head = seq;
        _items.Add(item);
        if (!id.IsNone)
            Remember(new Mark(id, seq));
    }

    /// <summary>Takes an item of a snapshot, whose log has its head already.</summary>
    public void Load(byte[] item) => _items.Add(item);

    /// <returns>The bytes and the items that were dropped.</returns>
    public (long Bytes, int Items) Trim(ulong throughSeq)
    {
        if (throughSeq < First || _items.Count == 0)
            return default;
        var items = (int)Math.Min(throughSeq - First + 1, (ulong)_items.Count);
        var bytes = 0L;
        for (var i = 0; i < items; i++)
            bytes += _items[i].Length;
        _items.RemoveFirst(items);
        return (bytes, items);
    }

    public LogEntry[] Read(ulong fromSeq, int max)
    {
        var first = First;
        var from = Math.Max(fromSeq, first);
        if (from > Head || _items.Count == 0)
            return [];
        var count = (int)Math.Min(Head - from + 1, (ulong)max);
        var entries = new LogEntry[count];
        for (var i = 0; i < count; i++)
            entries[i] = new LogEntry(from + (ulong)i, _items[(int)(from - first) + i]);
        return entries;
    }

    public byte[] SaveMarks()
    {
        var saved = new byte[MarksBytes];
        for (var i = 0; i < _marks.Count; i++)
        {
            var target = saved.AsSpan(i * MarkBytes);
            _marks[i].Id.WriteTo(target);
            BinaryPrimitives.WriteUInt64LittleEndian(target[MessageDigest.Bytes..], _marks[i].Seq);
        }

        return saved;
    }

    /// <summary>Takes the head and the message ids of a snapshot.</summary>
    public void LoadMarks(ulong head, ReadOnlySpan<byte> saved)
    {
        Head = head;
        for (; saved.Length >= MarkBytes; saved = saved[MarkBytes..])
        {
            var seq = BinaryPrimitives.ReadUInt64LittleEndian(saved[MessageDigest.Bytes..]);
            Remember(new Mark(MessageDigest.Read(saved), seq));
        }
    }

    private void Remember(Mark mark)
    {
        _marks.Add(mark);
        if (_marks.Count > messageIdsKept)
            _marks.RemoveFirst(_marks.Count - messageIdsKept);
    }

    private readonly record struct Mark(MessageDigest Id, ulong Seq);
}
