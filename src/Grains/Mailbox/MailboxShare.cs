namespace GameBackend.Grains.Mailbox;

/// <summary>What one activation adds to the gauges of its silo, so that all of it can be taken back.</summary>
internal struct MailboxShare
{
    private long _depth;
    private bool _attached;

    /// <summary>Makes the share what the mailbox is now; nothing without a player who is attached.</summary>
    public void Set(MailboxMetrics metrics, bool attached, ulong backlog)
    {
        var depth = attached ? (long)backlog : 0;
        if (depth != _depth)
        {
            metrics.Depth.Add(depth - _depth);
            _depth = depth;
        }

        if (attached == _attached)
            return;
        metrics.Attached.Add(attached ? 1 : -1);
        _attached = attached;
    }
}
