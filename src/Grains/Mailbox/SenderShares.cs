namespace GameBackend.Grains.Mailbox;

/// <summary>How many of a mailbox's unacknowledged items are of which sender.</summary>
internal sealed class SenderShares
{
    private readonly Queue<(ulong Seq, long Sender)> _items = [];
    private readonly Dictionary<long, int> _counts = [];

    public int Count(long sender) => _counts.GetValueOrDefault(sender);

    /// <param name="seq">Greater than those before.</param>
    public void Add(ulong seq, long sender)
    {
        if (sender == 0)
            return;
        _items.Enqueue((seq, sender));
        _counts[sender] = Count(sender) + 1;
    }

    /// <summary>Items up to a number are gone.</summary>
    public void Trim(ulong through)
    {
        while (_items.TryPeek(out var first) && first.Seq <= through)
        {
            _items.Dequeue();
            if (--_counts[first.Sender] == 0)
                _counts.Remove(first.Sender);
        }
    }
}
