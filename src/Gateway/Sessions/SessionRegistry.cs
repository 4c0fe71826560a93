using System.Collections.Concurrent;
using System.Net;

namespace GameBackend.Gateway.Sessions;

/// <summary>This gateway's connections, and which of them is a player's.</summary>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<Session, byte> _connections = new();
    private readonly ConcurrentDictionary<long, Session> _players = new();
    private readonly ConcurrentDictionary<IPAddress, int> _addresses = new();
    private int _count;

    /// <summary>Connections, authenticated or not.</summary>
    public int Connections => Volatile.Read(ref _count);

    /// <summary>Players with a session here.</summary>
    public int Players => _players.Count;

    public IEnumerable<Session> All => _connections.Select(entry => entry.Key);

    public Session? Find(long playerId) => _players.GetValueOrDefault(playerId);

    /// <summary>
    /// Adds a connection, unless its address has <paramref name="maxPerAddress"/> already (0: no limit).
    /// </summary>
    public bool TryAdd(Session session, int maxPerAddress)
    {
        if (maxPerAddress > 0 && AddressOf(session) is { } address
            && _addresses.AddOrUpdate(address, 1, (_, count) => count + 1) > maxPerAddress)
        {
            Leave(address);
            return false;
        }

        Interlocked.Increment(ref _count);
        return _connections.TryAdd(session, 0);
    }

    public void Remove(Session session, int maxPerAddress)
    {
        if (!_connections.TryRemove(session, out _))
            return;
        Interlocked.Decrement(ref _count);
        if (maxPerAddress > 0 && AddressOf(session) is { } address)
            Leave(address);
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

    private static IPAddress? AddressOf(Session session) => (session.Connection.Remote as IPEndPoint)?.Address;

    private void Leave(IPAddress address)
    {
        if (_addresses.AddOrUpdate(address, 0, (_, count) => count - 1) <= 0)
            _addresses.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
    }
}
