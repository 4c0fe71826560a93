using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Battle;

/// <summary>
/// A session in a battle, or watching it: which snapshots it gets, and how many. Guarded by the feed.
/// </summary>
/// <param name="group">A side, or <see cref="BattlePart.Watchers"/>.</param>
internal sealed class BattleSeat(Session session, BattleFeed feed, int group)
{
    private long _secondMs;
    private int _bytes;

    public Session Session => session;

    public BattleFeed Feed => feed;

    public int Group => group;

    public bool Fights => group != BattlePart.Watchers;

    /// <summary>The baseline that the client has been sent last; of which life, 0 for unknown.</summary>
    public (ulong Life, uint Tick)? Baseline { get; set; }

    /// <summary>Whether a snapshot may be sent now: the client reads, and has not had its share of bytes.</summary>
    public bool MaySend(int bytes, long nowMs, GatewayOptions options)
    {
        if (session.Connection.QueuedBytes > options.SnapshotQueueBytes)
            return false;
        if (nowMs - _secondMs >= 1000)
            (_secondMs, _bytes) = (nowMs, 0);
        // A single one that is larger than a second's share still gets through.
        if (_bytes > 0 && _bytes + bytes > options.SnapshotBytesPerSecond)
            return false;
        _bytes += bytes;
        return true;
    }
}
