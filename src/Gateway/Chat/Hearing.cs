namespace GameBackend.Gateway.Chat;

/// <summary>What a session hears: its channels, and whom its player does not want to hear.</summary>
internal sealed class Hearing
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, bool> _channels = [];

    /// <summary>Null until it was asked for.</summary>
    public volatile HashSet<long>? Blocked;

    public string[] Channels
    {
        get
        {
            lock (_gate)
                return [.. _channels.Keys];
        }
    }

    /// <summary>Notes that the session is about to come into a channel.</summary>
    /// <returns>False if it is in, or about to come in.</returns>
    public bool Expect(string channel)
    {
        lock (_gate)
            return _channels.TryAdd(channel, false);
    }

    public bool Add(string channel)
    {
        lock (_gate)
            return _channels[channel] = true;
    }

    public void Remove(string channel)
    {
        lock (_gate)
            _channels.Remove(channel);
    }
}
