using System.Net;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// Gives every connection a slot before anything else is kept about it. Connections without a session have a budget of
/// their own, for each address and for the whole gateway. When the gateway's is used up, the address that uses most of
/// it loses its oldest connection to the new one: a flood cannot keep out those who log in.
/// </summary>
internal sealed class ConnectionLimiter
{
    /// <summary>Refused connections at a time that are told why. Beyond it they are dropped.</summary>
    public const int MaxToldRefusals = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly Dictionary<IPAddress, LinkedList<ConnectionSlot>> _unauthenticated = [];
    private readonly GatewayOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly System.Net.IPNetwork[] _exempt;
    private readonly int _maxUnauthenticated;
    private long _lastNumber;
    private int _taken;
    private int _waiting;
    private int _told;

    public ConnectionLimiter(IOptions<GatewayOptions> options, GatewayMetrics metrics)
    {
        (_options, _metrics) = (options.Value, metrics);
        _exempt = Proxies.Networks(nameof(GatewayOptions.ExemptNetworks), _options.ExemptNetworks ?? []);
        _maxUnauthenticated =
            (int)Math.Max(1, (long)_options.MaxConnections * _options.MaxUnauthenticatedPercent / 100);
    }

    /// <summary>Connections that have a slot.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>Connections without a session.</summary>
    public int Unauthenticated
    {
        get
        {
            lock (_lock)
                return _waiting;
        }
    }

    /// <summary>Takes a slot for a connection that has just come.</summary>
    /// <param name="drop">Drops the connection, should it have to give way before it has a session.</param>
    /// <returns>
    /// The slot. One that is not admitted is for telling the client why. Null if the connection is to be dropped.
    /// </returns>
    public ConnectionSlot? Take(IPAddress? remote, Action drop)
    {
        var address = AccountRateLimits.Bucket(remote);
        ConnectionSlot? slot, victim = null;
        lock (_lock)
        {
            if (RefusedFor(remote, address) is { } reason)
                return Refuse(address, reason);
            if (_taken >= _options.MaxConnections || _waiting >= _maxUnauthenticated)
            {
                if ((victim = Victim()) is null)
                    return Refuse(address, "full");
                Leave(victim);
            }

            slot = new ConnectionSlot(this, address, drop) { Number = ++_lastNumber };
            Enter(slot);
        }

        if (victim is not null)
        {
            _metrics.ConnectionRefused("gave_way");
            victim.Drop();
        }

        return slot;
    }

    /// <summary>The connection has a session: it leaves the budget of those that have none.</summary>
    internal void Authenticated(ConnectionSlot slot)
    {
        lock (_lock)
            StopWaiting(slot);
    }

    internal void Release(ConnectionSlot slot)
    {
        lock (_lock)
        {
            if (slot.State == SlotState.Refused)
                _told--;
            else if (slot.State == SlotState.Taken)
                Leave(slot);
            slot.State = SlotState.Released;
        }
    }

    private string? RefusedFor(IPAddress? remote, IPAddress address)
    {
        if (remote is not null && Proxies.IsAmong(_exempt, remote))
            return null;
        if (_options.MaxConnectionsPerAddress > 0
            && _byAddress.GetValueOrDefault(address) >= _options.MaxConnectionsPerAddress)
            return "address";
        return _unauthenticated.TryGetValue(address, out var waiting)
            && waiting.Count >= _options.MaxUnauthenticatedPerAddress
            ? "unauthenticated"
            : null;
    }

    private ConnectionSlot? Refuse(IPAddress address, string reason)
    {
        _metrics.ConnectionRefused(reason);
        if (_told >= MaxToldRefusals)
            return null;
        _told++;
        return new ConnectionSlot(this, address, () => { }) { State = SlotState.Refused };
    }

    /// <summary>The oldest of the address that has most; of equal addresses, the oldest of all.</summary>
    private ConnectionSlot? Victim() => _unauthenticated.Values
        .MaxBy(waiting => (waiting.Count, -waiting.First!.Value.Number))?.First!.Value;

    private void Enter(ConnectionSlot slot)
    {
        _taken++;
        _waiting++;
        _byAddress[slot.Address] = _byAddress.GetValueOrDefault(slot.Address) + 1;
        if (!_unauthenticated.TryGetValue(slot.Address, out var waiting))
            _unauthenticated[slot.Address] = waiting = [];
        slot.Waiting = waiting.AddLast(slot);
    }

    private void Leave(ConnectionSlot slot)
    {
        StopWaiting(slot);
        slot.State = SlotState.Released;
        _taken--;
        var left = _byAddress[slot.Address] - 1;
        if (left > 0)
            _byAddress[slot.Address] = left;
        else
            _byAddress.Remove(slot.Address);
    }

    private void StopWaiting(ConnectionSlot slot)
    {
        if (slot.Waiting is not { List: { } waiting } place)
            return;
        _waiting--;
        waiting.Remove(place);
        slot.Waiting = null;
        if (waiting.Count == 0)
            _unauthenticated.Remove(slot.Address);
    }
}

/// <summary>A connection's place among those that a gateway takes. Disposed when nothing is left of it.</summary>
internal sealed class ConnectionSlot(ConnectionLimiter limiter, IPAddress address, Action drop) : IDisposable
{
    /// <summary>False if the connection is to be told that there is no room, and no more.</summary>
    public bool IsAdmitted => State != SlotState.Refused;

    internal IPAddress Address => address;

    /// <summary>Ascending in the order in which slots are taken.</summary>
    internal long Number { get; init; }

    internal SlotState State { get; set; }

    /// <summary>The place among those of the address that have no session; null once there is one.</summary>
    internal LinkedListNode<ConnectionSlot>? Waiting { get; set; }

    public void Authenticated() => limiter.Authenticated(this);

    public void Dispose() => limiter.Release(this);

    internal void Drop() => drop();
}

internal enum SlotState
{
    Taken,
    Refused,
    Released,
}
