using System.Collections.Concurrent;

namespace GameBackend.Gateway.Sessions;

/// <summary>This gateway's connections, and which of them is a player's.</summary>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<Session, byte> _connections = new();
    private readonly ConcurrentDictionary<long, Session> _players = new();
    private int _count;

    /// <summary>Connections, authenticated or not.</summary>
    public int Connections => Volatile.Read(ref _count);

    /// <summary>Players with a session here.</summary>
    public int Players => _players.Count;

    public IEnumerable<Session> All => _connections.Select(entry => entry.Key);

    public Session? Find(long playerId) => _players.GetValueOrDefault(playerId);

    public void Add(Session session)
    {
        if (_connections.TryAdd(session, 0))
            Interlocked.Increment(ref _count);
    }

    public void Remove(Session session)
    {
        if (!_connections.TryRemove(session, out _))
            return;
        Interlocked.Decrement(ref _count);
        Release(session);
    }

    /// <summary>
    /// Makes a session the player's one here, unless a newer one is. Returns the one that lost its place, if any.
    /// </summary>
    public Session? Claim(Session session)
    {
        Session? loser = null;
        _players.AddOrUpdate(session.PlayerId, session, (_, present) =>
        {
            loser = present.Epoch < session.Epoch ? present : session;
            return loser == present ? session : present;
        });
        // It may have ended before it had its place.
        if (session.State == SessionState.Closed)
            Release(session);
        return loser;
    }

    private void Release(Session session)
    {
        if (session.PlayerId != 0)
            _players.TryRemove(new KeyValuePair<long, Session>(session.PlayerId, session));
    }
}
