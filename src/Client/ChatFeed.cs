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
    private readonly HashSet<ChatKind> _asking = [];

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
            isHole = isKnown && line.Number > seen + 1 && !line.Gap;
            if (isHole)
            {
                Holes++;
                if (!_listening.ContainsKey(line.Kind))
                    _listening[line.Kind] = (0, line.Channel);
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

    /// <summary>Listens again after the last line that was seen; what was missed comes first.</summary>
    private async Task Ask(ChatKind kind)
    {
        (uint World, ulong Channel) at;
        ulong after;
        lock (_gate)
        {
            if (!_listening.TryGetValue(kind, out at) || !_asking.Add(kind))
                return;
            after = _seen.TryGetValue((kind, at.Channel), out var last) ? last : 0;
        }
        try
        {
            await _client.Chat.Listen(kind, at.World, after).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or GameErrorException or ClientClosedException)
        {
            // The next line, or the next connection, asks again.
        }
        finally
        {
            lock (_gate)
                _asking.Remove(kind);
        }
    }
}
