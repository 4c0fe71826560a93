using GameBackend.Gateway.Sessions;
using Google.Protobuf;

namespace GameBackend.Gateway.Chat;

/// <summary>One channel at this gateway: how far it has been handed on, and to whom.</summary>
internal sealed class ChannelFeed(IChatChannelGrain channel, string key)
{
    private const int Page = 64;
    private const int MaxEarly = 256;
    private static readonly uint LineOp = Opcodes.OfPush<ChatLine>().Op;

    private const long GroupsAskedForMs = 60_000;

    private readonly Lock _gate = new();
    private readonly bool _isWorld = ChannelName.Parse(key).Kind == ChatKind.World;

    /// <summary>The last number that each has been sent.</summary>
    private readonly Dictionary<Session, ulong> _listeners = [];

    /// <summary>Lines that came before one that is missing.</summary>
    private readonly SortedDictionary<ulong, ChatRow> _early = [];

    /// <summary>All lines up to this one have been handed on; null until the channel was asked.</summary>
    private ulong? _head;
    private bool _closed;
    private Task? _filling;
    private long _heardMs = Environment.TickCount64;

    /// <summary>Takes a line, in any order and any number of times.</summary>
    /// <param name="audience">Who may hear it; whoever listens and may not is not heard of any more.</param>
    public void Receive(ChatRow row, long[]? audience)
    {
        lock (_gate)
        {
            _heardMs = Environment.TickCount64;
            if (audience is not null)
                DropOthers(audience);
            if (_head is not { } head || row.Number <= head)
                return;
            _early[row.Number] = row;
            HandOnEarly();
            if (_early.Count == 0)
                return;
            while (_early.Count > MaxEarly)
                _early.Remove(_early.Keys.First());
            _filling ??= Task.Run(Fill);
        }
    }

    /// <summary>Sends a session what it has missed, then lets it listen.</summary>
    /// <returns>The last line so far; null if this feed is over and another has to be made.</returns>
    public async Task<ulong?> Join(Session session, ulong? after)
    {
        var page = await channel.Read(after + 1 ?? ulong.MaxValue, Page);
        var sent = Math.Min(after ?? ulong.MaxValue, page.Head);
        while (true)
        {
            if (page.First > sent + 1)
            {
                SendGap(session, page.First - 1);
                sent = page.First - 1;
            }

            foreach (var row in page.Lines.Where(row => row.Number > sent))
            {
                SendLine(session, row);
                sent = row.Number;
            }

            lock (_gate)
            {
                if (_closed)
                    return null;
                _head ??= page.Head;
                if (sent >= _head)
                {
                    _listeners[session] = sent;
                    return Math.Max(sent, page.Head);
                }
            }

            page = await channel.Read(sent + 1, Page);
            if (page.Lines.Length == 0)
                sent = Math.Max(sent, page.Head);
        }
    }

    /// <returns>Whether nobody listens any more, and the feed is over.</returns>
    public bool Leave(Session session)
    {
        lock (_gate)
        {
            _listeners.Remove(session);
            return CloseIfIdle();
        }
    }

    /// <summary>A feed that is over is not joined any more.</summary>
    public bool CloseIfIdle()
    {
        lock (_gate)
            return _closed = _listeners.Count == 0;
    }

    /// <summary>
    /// Asks the channel whether a line is missing at the end. Groups have many channels, in which mostly nothing is
    /// said: those are asked only for a while after they were heard.
    /// </summary>
    public Task Check()
    {
        lock (_gate)
        {
            return _head is null || (!_isWorld && Environment.TickCount64 - _heardMs > GroupsAskedForMs)
                ? Task.CompletedTask
                : _filling ??= Task.Run(Fill);
        }
    }

    private async Task Fill()
    {
        try
        {
            while (true)
            {
                ulong from;
                lock (_gate)
                    from = _head!.Value + 1;
                var page = await channel.Read(from, Page);
                lock (_gate)
                {
                    foreach (var row in page.Lines)
                        _early[row.Number] = row;
                    if (page.First > _head + 1)
                        SkipTo(page.First - 1);
                    HandOnEarly();
                    if (_early.Count > 0 && page.Lines.Length > 0)
                        continue;
                    // Cleared under the gate, so that a line which comes now starts a new fill.
                    _filling = null;
                    return;
                }
            }
        }
        catch
        {
            lock (_gate)
                _filling = null;
            throw;
        }
    }

    /// <summary>Lines up to this one are not kept any more.</summary>
    private void SkipTo(ulong number)
    {
        _head = number;
        foreach (var early in _early.Keys.Where(each => each <= number).ToArray())
            _early.Remove(early);
        foreach (var (session, sent) in _listeners.ToArray())
        {
            if (sent >= number)
                continue;
            SendGap(session, number);
            _listeners[session] = number;
        }
    }

    private void HandOnEarly()
    {
        while (_early.Count > 0)
        {
            var (number, row) = _early.First();
            if (number > _head + 1)
                return;
            _early.Remove(number);
            if (number <= _head)
                continue;
            _head = number;
            foreach (var (session, sent) in _listeners.ToArray())
            {
                if (sent >= number)
                    continue;
                SendLine(session, row);
                _listeners[session] = number;
            }
        }
    }

    private void DropOthers(long[] audience)
    {
        var allowed = audience.ToHashSet();
        foreach (var session in _listeners.Keys.Where(session => !allowed.Contains(session.PlayerId)).ToArray())
        {
            _listeners.Remove(session);
            session.Hearing.Remove(key);
        }
    }

    private static void SendLine(Session session, ChatRow row)
    {
        var body = session.Hearing.Blocked is { } blocked && blocked.Contains(row.From)
            ? Hidden(ChatLine.Parser.ParseFrom(row.Line))
            : row.Line;
        session.SendTransient(LineOp, body);
    }

    private static byte[] Hidden(ChatLine line) => new ChatLine
    {
        Kind = line.Kind,
        Channel = line.Channel,
        Number = line.Number,
        Hidden = true,
    }.ToByteArray();

    private void SendGap(Session session, ulong number)
    {
        var (kind, id) = ChannelName.Parse(key);
        session.SendTransient(
            LineOp, new ChatLine { Kind = kind, Channel = id, Number = number, Gap = true }.ToByteArray());
    }
}
