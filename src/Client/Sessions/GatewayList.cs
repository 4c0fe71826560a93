namespace GameBackend.Client.Sessions;

/// <summary>
/// The gateways that a client knows. The one that worked last is tried first, then the others in turn; one that asked
/// to be left alone comes last for a while.
/// </summary>
internal sealed class GatewayList
{
    private static readonly long AvoidMs = (long)TimeSpan.FromSeconds(30).TotalMilliseconds;

    private readonly object _gate = new();
    private readonly List<Entry> _entries = [];
    private int _current;

    /// <summary>Adds addresses that are new.</summary>
    public void Add(IEnumerable<Uri> gateways)
    {
        lock (_gate)
        {
            foreach (var gateway in gateways)
            {
                if (_entries.All(entry => entry.Gateway != gateway))
                    _entries.Add(new Entry(gateway));
            }
        }
    }

    /// <summary>Where to connect now.</summary>
    public Uri Next(long nowMs)
    {
        lock (_gate)
        {
            if (_entries.Count == 0)
                throw new InvalidOperationException("No gateway is known that offers the chosen transport.");
            for (var step = 0; step < _entries.Count; step++)
            {
                var candidate = (_current + step) % _entries.Count;
                if (_entries[candidate].AvoidUntilMs > nowMs)
                    continue;
                _current = candidate;
                break;
            }
            return _entries[_current].Gateway;
        }
    }

    /// <summary>The gateway cannot be reached: try the next one.</summary>
    public void MoveOn(Uri gateway)
    {
        lock (_gate)
        {
            if (_entries.Count > 0 && _entries[_current].Gateway == gateway)
                _current = (_current + 1) % _entries.Count;
        }
    }

    /// <summary>The gateway takes no connections for now.</summary>
    public void Avoid(Uri gateway, long nowMs)
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Where(entry => entry.Gateway == gateway))
                entry.AvoidUntilMs = nowMs + AvoidMs;
        }
        MoveOn(gateway);
    }

    private sealed class Entry(Uri gateway)
    {
        public Uri Gateway { get; } = gateway;

        public long AvoidUntilMs { get; set; } = long.MinValue;
    }
}
