using GameBackend.Protocol;

namespace GameBackend.Client;

/// <summary>
/// Chat as it was said: each line once, in the order of its channel, over lost connections and other gateways. Private
/// lines come by the mailbox and need no listening.
/// </summary>
public sealed class ChatFeed : IDisposable
{
    private readonly object _gate = new();
    private readonly GameClient _client;
    private readonly IDisposable _registration;
    private readonly Dictionary<(ChatKind Kind, ulong Channel), ulong> _seen = [];
    private readonly Dictionary<ChatKind, (uint World, ulong Channel)> _listening = [];

    /// <summary>The channels that the server is being asked for.</summary>
    private readonly Dictionary<ChatKind, ulong> _asking = [];

    public ChatFeed(GameClient client)
    {
        _client = client;
        _registration = client.On<ChatLine>(Receive);
        client.StateChanged += Resume;
    }

    /// <summary>A line. Those of players whom this one has blocked are left out.</summary>
    public event Action<ChatLine>? Line;

    /// <summary>Lines up to this number are not kept any more, and were not seen.</summary>
    public event Action<ChatKind, ulong>? Missed;

    /// <summary>How often a number was missing.</summary>
    public int Holes { get; private set; }

    /// <summary>
    /// Listens to a world channel, the guild's or the team's, from now on and after every new connection.
    /// </summary>
    /// <returns>The channel's id, by which its lines name it.</returns>
    public async Task<ulong> Listen(ChatKind kind, uint world = 0, CancellationToken cancellation = default)
    {
        var reply = await _client.Chat.Listen(kind, world, cancellation: cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            _listening[kind] = (world, reply.Channel);
            // A line may have come before the answer.
            var seen = _seen.TryGetValue((kind, reply.Channel), out var last) ? last : 0;
            _seen[(kind, reply.Channel)] = Math.Max(seen, reply.Head);
        }
        return reply.Channel;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _client.StateChanged -= Resume;
    }

    private void Receive(ChatLine line)
    {
        if (line.Kind == ChatKind.Private)
        {
            Line?.Invoke(line);
            return;
        }
        var isHole = false;
        lock (_gate)
        {
            var key = (line.Kind, line.Channel);
            var isKnown = _seen.TryGetValue(key, out var seen);
            if (isKnown && line.Number <= seen)
                return;
            Follow(line);
            // Of a group that the player came into while out of reach: this line comes again, after the earlier ones.
            if (!isKnown && _asking.TryGetValue(line.Kind, out var asked) && asked != line.Channel)
                return;
            isHole = isKnown && line.Number > seen + 1 && !line.Gap;
            if (isHole)
            {
                Holes++;
                if (!_listening.ContainsKey(line.Kind))
                    _listening.Add(line.Kind, (0, line.Channel));
            }
            else
            {
                _seen[key] = line.Number;
            }
        }
        if (isHole)
            _ = Ask(line.Kind);
        else if (line.Gap)
            Missed?.Invoke(line.Kind, line.Number);
        else if (!line.Hidden)
            Line?.Invoke(line);
    }

    private void Resume(ClientState state)
    {
        if (state != ClientState.Online)
            return;
        ChatKind[] kinds;
        lock (_gate)
            kinds = [.. _listening.Keys];
        foreach (var kind in kinds)
            _ = Ask(kind);
    }

    /// <summary>A player is in one group of a kind: a line of another one says that it has changed.</summary>
    private void Follow(ChatLine line)
    {
        if (line.Kind is ChatKind.Guild or ChatKind.Team && _listening.TryGetValue(line.Kind, out var at))
            _listening[line.Kind] = at with { Channel = line.Channel };
    }

    /// <summary>Listens again after the last line that was seen; what was missed comes first.</summary>
    private async Task Ask(ChatKind kind)
    {
        (uint World, ulong Channel) at;
        ulong after;
        lock (_gate)
        {
            if (_asking.ContainsKey(kind) || !_listening.TryGetValue(kind, out at))
                return;
            after = Begin(kind, at.Channel);
        }
        var isAgain = true;
        while (isAgain)
        {
            ListenReply? reply = null;
            try
            {
                reply = await _client.Chat.Listen(kind, at.World, after).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The next line, or the next connection, asks again.
            }
            lock (_gate)
            {
                var asked = at;
                if (reply is not null && _listening[kind] == asked)
                    _listening[kind] = asked with { Channel = reply.Channel };
                // The number that was asked from counts in one channel only.
                at = _listening[kind];
                isAgain = at != asked;
                if (isAgain)
                    after = Begin(kind, at.Channel);
                else
                    _asking.Remove(kind);
            }
        }
    }

    /// <returns>The last line that was seen, or that none was.</returns>
    private ulong Begin(ChatKind kind, ulong channel)
    {
        _asking[kind] = channel;
        if (!_seen.ContainsKey((kind, channel)))
            _seen[(kind, channel)] = 0;
        return _seen[(kind, channel)];
    }
}
