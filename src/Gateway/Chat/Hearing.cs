namespace GameBackend.Gateway.Chat;

/// <summary>What a session hears: its channels, and whom its player does not want to hear.</summary>
internal sealed class Hearing
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _channels = [];
    private volatile HashSet<long>? _blocked;

    /// <summary>Null until it was asked for.</summary>
    public HashSet<long>? Blocked
    {
        get => _blocked;
        set => _blocked = value;
    }

    public string[] Channels
    {
        get
        {
            lock (_gate)
                return [.. _channels];
        }
    }

    /// <summary>Notes that the session is about to come into a channel.</summary>
    /// <returns>False if it is in, or about to come in.</returns>
    public bool Expect(string channel)
    {
        lock (_gate)
            return _channels.Add(channel);
    }

    public void Add(string channel)
    {
        lock (_gate)
            _channels.Add(channel);
    }

    public void Remove(string channel)
    {
        lock (_gate)
            _channels.Remove(channel);
    }
}
