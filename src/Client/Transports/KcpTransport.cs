using System.Net;
using System.Net.Sockets;
using GameBackend.Client.Sessions;
using GameBackend.Protocol;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Client.Transports;

/// <summary>
/// Envelopes as KCP messages over UDP. The connection survives a change of the network: when nothing gets through any
/// more, it goes on from a new socket, and the gateway follows.
/// </summary>
public sealed class KcpTransport : ITransport
{
    /// <summary>A gateway that has confirmed nothing for this long is gone.</summary>
    private const long DeadAfterMs = 10_000;

    /// <summary>After this long without a confirmation the way may have changed: a new socket is tried.</summary>
    private const long RebindAfterMs = 1_500;

    /// <summary>Acknowledgements wait for so long, since most go with something else.</summary>
    private const int TickMs = 10;

    /// <summary>
    /// After the last message in either direction an empty datagram goes out after 1, 2 and 4 s. If a router on the way
    /// has given the client another address, the gateway learns of it, although it is the client who waits.
    /// </summary>
    private const long FirstPingMs = 1_000, LastPingMs = 4_000;

    /// <summary>So many times in a row nobody was at the gateway's port: its process is gone.</summary>
    private const int MaxRefusals = 3;

    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private readonly object _lock = new();
    private readonly IPEndPoint _gateway;
    private readonly KcpSeal _seal;
    private readonly KcpChannel _channel;
    private readonly KcpOutput _output;
    private readonly byte[] _scratch = new byte[KcpDatagram.MaxBytes];
    private readonly SemaphoreSlim _readable = new(0, 1);
    private readonly SemaphoreSlim _writable = new(0, 1);
    private readonly Timer _timer;
    private byte[] _message = new byte[1024];
    private Socket _socket;
    private long _timerAtMs = long.MaxValue;
    private long _pingAtMs = long.MaxValue;
    private long _pingAfterMs;
    private long _reboundAtMs;
    private int _refusals;
    private bool _ended;
    private bool _closed;
    private Exception? _failure;

    private KcpTransport(IPEndPoint gateway, Socket socket, KcpSeal seal)
    {
        (_gateway, _socket, _seal) = (gateway, socket, seal);
        _channel = new KcpChannel(KcpDatagram.ConversationOf(seal.Id), KcpSettings.Default);
        _output = segments => Write(KcpKind.ClientData, segments.Length);
        _timer = new Timer(_ => Tick(), null, Timeout.Infinite, Timeout.Infinite);
        _ = ReceiveAll(socket);
    }

    /// <summary>A smoothed round trip in milliseconds; -1 before the first one.</summary>
    public double RoundTripMs
    {
        get
        {
            lock (_lock)
                return _channel.RoundTripMs;
        }
    }

    /// <summary>Connects to <c>kcp://host:port</c>.</summary>
    public static async ValueTask<ITransport> Connect(Uri gateway, CancellationToken cancellation)
    {
        var endPoint = await KcpHandshake.Resolve(gateway).ConfigureAwait(false);
        var socket = KcpHandshake.Open(endPoint);
        try
        {
            return new KcpTransport(endPoint, socket, await KcpHandshake.Run(socket, cancellation)
                .ConfigureAwait(false));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask Send(ReadOnlyMemory<byte> envelope, bool more, CancellationToken cancellation)
    {
        while (true)
        {
            lock (_lock)
            {
                ThrowIfOver();
                var queued = _channel.Send(envelope.Span);
                if (!more || !queued)
                    Flush();
                PingLater();
                Schedule();
                if (queued)
                    return;
            }

            await _writable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> Receive(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_channel.HasMessage)
                    return Take();
                if (_failure is not null)
                    throw new IOException(_failure.Message, _failure);
                if (_ended || _closed)
                    return null;
            }

            await _readable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Goes on from a new socket, with the same connection. For an app that learns from its system that the network has
    /// changed; without it the transport finds out by itself within two seconds.
    /// </summary>
    public void Rebind()
    {
        lock (_lock)
        {
            if (IsOver)
                return;
            _reboundAtMs = MonotonicClock.NowMs;
            Socket socket;
            try
            {
                socket = KcpHandshake.Open(_gateway);
            }
            catch (SocketException)
            {
                // There is no network at all for now.
                return;
            }

            _socket.Dispose();
            _socket = socket;
            _ = ReceiveAll(socket);
            _channel.ResendSoon();
            // Also without anything to say, so that the gateway learns of the address.
            if (_channel.DueAtMs > MonotonicClock.NowMs)
                Write(KcpKind.ClientData, 0);
            Flush();
            Schedule();
        }
    }

    public void Abort()
    {
        lock (_lock)
            Close(new IOException("The connection was aborted."));
    }

    public async ValueTask DisposeAsync()
    {
        var patience = Task.Delay(CloseGrace);
        while (!IsDone() && await Task.WhenAny(_writable.WaitAsync(TickMs), patience).ConfigureAwait(false) != patience)
        {
            // What was sent is still on its way.
        }

        lock (_lock)
            Close(null);
    }

    private static void Signal(SemaphoreSlim waiting)
    {
        // Called under the lock alone, so that it is never full.
        if (waiting.CurrentCount == 0)
            waiting.Release();
    }

    private bool IsOver => _ended || _closed || _failure is not null;

    private bool IsDone()
    {
        lock (_lock)
            return IsOver || _channel.Unacknowledged == 0;
    }

    private void ThrowIfOver()
    {
        if (_failure is not null)
            throw new IOException(_failure.Message, _failure);
        if (_ended || _closed)
            throw new IOException("The connection is over.");
    }

    private ReadOnlyMemory<byte> Take()
    {
        var length = _channel.NextMessageBytes;
        if (length is 0 or > FrameLimits.MaxFrameBytes)
            throw new FrameException(
                $"A message of {length} bytes, where 1 to {FrameLimits.MaxFrameBytes} are allowed.");
        if (_message.Length < length)
            _message = new byte[Math.Max(length, Math.Min(2 * _message.Length, FrameLimits.MaxFrameBytes))];
        _channel.Receive(_message);
        Schedule();
        return _message.AsMemory(0, length);
    }

    private async Task ReceiveAll(Socket socket)
    {
        var buffer = new byte[2048];
        while (true)
        {
            try
            {
                var length = await KcpHandshake.Receive(socket, buffer).ConfigureAwait(false);
                Take(buffer.AsSpan(0, length));
            }
            catch (SocketException e) when (IsInUse(socket))
            {
                Note(e);
                await Task.Delay(TickMs).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                lock (_lock)
                {
                    if (_socket == socket)
                        Close(e);
                }

                return;
            }
        }
    }

    private bool IsInUse(Socket socket)
    {
        lock (_lock)
            return _socket == socket && !_closed && _failure is null;
    }

    private void Take(ReadOnlySpan<byte> datagram)
    {
        lock (_lock)
        {
            if (_closed || _failure is not null)
                return;
            var kind = KcpDatagram.KindOf(datagram);
            if (kind == KcpKind.Gone && _seal.IsGone(datagram))
                Close(new IOException("The gateway does not know this connection any more."));
            else if (kind is KcpKind.ServerData or KcpKind.ServerClose or KcpKind.Challenge
                && _seal.TryOpen(datagram, out _, out var payload))
                Take(kind, payload);
        }
    }

    private void Take(KcpKind kind, ReadOnlySpan<byte> payload)
    {
        _refusals = 0;
        switch (kind)
        {
            case KcpKind.ServerData:
                if (!_channel.Input(payload, MonotonicClock.NowMs))
                    Close(new FrameException("Segments that break the protocol."));
                if (_channel.HasMessage)
                {
                    PingLater();
                    Signal(_readable);
                }

                Signal(_writable);
                Schedule();
                break;
            case KcpKind.Challenge:
                payload.CopyTo(_scratch.AsSpan(KcpDatagram.HeadBytes));
                Write(KcpKind.ChallengeAnswer, payload.Length);
                break;
            case KcpKind.ServerClose:
                _ended = true;
                Signal(_readable);
                Signal(_writable);
                break;
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            _timerAtMs = long.MaxValue;
            if (IsOver)
                return;
            var now = MonotonicClock.NowMs;
            var stalledMs = _channel.StalledMs(now);
            if (stalledMs > DeadAfterMs)
                Close(new TimeoutException($"The gateway has confirmed nothing for {stalledMs} ms."));
            else if (stalledMs > RebindAfterMs && now - _reboundAtMs > RebindAfterMs)
                Rebind();
            else
                Flush();
            Ping(now);
            Schedule();
        }
    }

    private void PingLater() => _pingAtMs = MonotonicClock.NowMs + (_pingAfterMs = FirstPingMs);

    private void Ping(long nowMs)
    {
        if (nowMs < _pingAtMs)
            return;
        _pingAfterMs *= 2;
        _pingAtMs = _pingAfterMs > LastPingMs ? long.MaxValue : nowMs + _pingAfterMs;
        Write(KcpKind.ClientData, 0);
    }

    /// <summary>Sees to it that the timer fires when there is something to do.</summary>
    private void Schedule()
    {
        if (IsOver)
            return;
        var now = MonotonicClock.NowMs;
        var due = Math.Min(_channel.DueAtMs, _pingAtMs);
        if (due == long.MaxValue)
            return;
        due = Math.Max(due, now + TickMs);
        if (due >= _timerAtMs)
            return;
        _timerAtMs = due;
        _timer.Change(due - now, Timeout.Infinite);
    }

    private void Flush()
    {
        var now = MonotonicClock.NowMs;
        if (_channel.DueAtMs <= now)
            _channel.Flush(now, _scratch.AsSpan(KcpDatagram.HeadBytes, KcpDatagram.MaxPayloadBytes), _output);
    }

    /// <summary>Sends a datagram whose payload stands in its place in the scratch.</summary>
    private void Write(KcpKind kind, int payloadBytes)
    {
        try
        {
            _socket.Send(_scratch.AsSpan(0, _seal.Seal(_scratch, kind, payloadBytes)));
        }
        catch (SocketException e)
        {
            Note(e);
        }
        catch (ObjectDisposedException)
        {
            // It was closed.
        }
    }

    /// <summary>A datagram did not get away or nobody was there; one alone means nothing.</summary>
    private void Note(SocketException e)
    {
        lock (_lock)
        {
            if (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset
                && ++_refusals >= MaxRefusals)
                Close(e);
        }
    }

    private void Close(Exception? failure)
    {
        if (_closed || _failure is not null)
            return;
        (_failure, _closed) = (failure, failure is null);
        if (!_ended)
            Write(KcpKind.ClientClose, 0);
        _timer.Dispose();
        _socket.Dispose();
        if (failure is null)
            _channel.Release();
        Signal(_readable);
        Signal(_writable);
    }
}
