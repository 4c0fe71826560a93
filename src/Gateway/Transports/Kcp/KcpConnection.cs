using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GameBackend.Gateway.Hosting;
using GameBackend.Gateway.Sessions;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Gateway.Transports.Kcp;

/// <summary>
/// A KCP client: one message is one envelope. Datagrams come in through <see cref="Take"/> and time through
/// <see cref="Tick"/>; whoever reads or writes sleeps in between.
/// </summary>
internal sealed partial class KcpConnection : ClientConnection
{
    /// <summary>A client that has confirmed nothing for this long is gone.</summary>
    private const long DeadAfterMs = 15_000;

    [ThreadStatic] private static byte[]? _scratch;

    // Held for a moment only, and nothing but the socket is called under it.
    private readonly Lock _lock = new();
    private readonly KcpListener _listener;
    private readonly GatewayOptions _options;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(KcpDatagram.KeyBytes);
    private readonly KcpSeal _seal;
    private readonly KcpChannel _channel;
    private readonly KcpOutput _output;
    private readonly WakeUp _incoming = new();
    private readonly WakeUp _outgoing = new();
    private bool _confirmed;
    private bool _malformed;
    private bool _clientClosed;
    private bool _ended;
    private bool _armed;

    public KcpConnection(
        KcpListener listener, GatewayOptions options, ulong id, SocketAddress from, ConnectionSlot slot)
        : base(options.MaxQueuedBytes)
    {
        (_listener, _options, _path, Slot) = (listener, options, Copy(from), slot);
        _seal = new KcpSeal(id, _key);
        _channel = new KcpChannel(KcpDatagram.ConversationOf(id), KcpSettings.Default);
        _output = segments => Send(KcpKind.ServerData, segments.Length);
        Remote = EndPointOf(from);
    }

    public ulong Id => _seal.Id;

    public override string Transport => "kcp";

    /// <summary>The address at which the connection began; limits by address go by it although it may move.</summary>
    public override EndPoint? Remote { get; }

    /// <summary>Held until the connection is forgotten.</summary>
    public ConnectionSlot Slot { get; }

    /// <summary>Until when an ended connection answers that it has ended; set when its session is over.</summary>
    public long ForgetAtMs { get; set; } = long.MaxValue;

    private static Span<byte> Scratch => _scratch ??= new byte[KcpDatagram.MaxBytes];

    public static IPEndPoint EndPointOf(SocketAddress address) => (IPEndPoint)Addresses.Plain(
        new IPEndPoint(
            address.Family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0).Create(address))!;

    /// <summary>Sends the key again as long as the client has not used it.</summary>
    public void Welcome(ReadOnlySpan<byte> nonce)
    {
        lock (_lock)
        {
            if (_confirmed || _ended)
                return;
            Span<byte> accepted = stackalloc byte[KcpDatagram.AcceptedBytes];
            accepted[0] = (byte)KcpKind.Accepted;
            nonce.CopyTo(accepted[1..]);
            BinaryPrimitives.WriteUInt64BigEndian(accepted[(1 + KcpDatagram.NonceBytes)..], Id);
            _key.CopyTo(accepted[(1 + KcpDatagram.NonceBytes + KcpDatagram.IdBytes)..]);
            _listener.Send(accepted, _path);
        }
    }

    /// <summary>Takes a datagram that carries this connection's id.</summary>
    /// <returns>False if it is not from the client.</returns>
    public bool Take(ReadOnlySpan<byte> datagram, SocketAddress from)
    {
        lock (_lock)
        {
            if (!_seal.TryOpen(datagram, out var counter, out var payload))
                return false;
            if (_ended)
            {
                // The word of the end was lost.
                if (KcpDatagram.KindOf(datagram) != KcpKind.ClientClose)
                    Send(KcpKind.ServerClose, 0);
                return true;
            }

            _confirmed = true;
            Follow(from, counter);
            TakePayload(KcpDatagram.KindOf(datagram), payload, from);
            Arm();
        }

        return true;
    }

    /// <summary>Sends what is due.</summary>
    /// <returns>False if nothing will be due until something happens.</returns>
    public bool Tick(long nowMs)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                if (_channel.DueAtMs <= nowMs)
                    Flush(nowMs);
                if (_channel.StalledMs(nowMs) < DeadAfterMs)
                    return _armed = _channel.DueAtMs != long.MaxValue;
            }

            _armed = false;
        }

        Abort();
        return false;
    }

    public override Task ReceiveAsync(Session session) => Receive(session);

    public override Task DiscardAsync() => Receive(null);

    protected override int WriteHeader(Span<byte> target, int size) => Frames.WriteHeader(target, size);

    protected override async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var end = Frames.HeaderBytes + BinaryPrimitives.ReadInt32BigEndian(frames.Span);
            while (!TryQueue(frames.Span[Frames.HeaderBytes..end], last: end == frames.Length))
                await _outgoing.WaitAsync();
            frames = frames[end..];
        }
    }

    protected override async ValueTask FinishAsync()
    {
        while (!IsFinished())
            await _outgoing.WaitAsync();
        lock (_lock)
            End();
    }

    protected override void Drop()
    {
        lock (_lock)
            End();
    }

    private static SocketAddress Copy(SocketAddress address)
    {
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }

    private async Task Receive(Session? session)
    {
        while (true)
        {
            switch (TryTake(out var buffer, out var length))
            {
                case Taken.Message:
                    Hand(session, buffer, length);
                    break;
                case Taken.Malformed when session is not null:
                    throw new ProtocolViolationException("Segments that break the protocol.");
                case Taken.End:
                    return;
                default:
                    session?.EndBurst();
                    await _incoming.WaitAsync();
                    break;
            }
        }
    }

    private void Hand(Session? session, byte[] buffer, int length)
    {
        try
        {
            if (session is null)
                return;
            if (length == 0)
                throw new ProtocolViolationException("A message of no bytes: every envelope has at least an opcode.");
            if (length > _options.MaxFrameBytes)
                throw new ProtocolViolationException($"A message over {_options.MaxFrameBytes} bytes.");
            session.Receive(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Taken TryTake(out byte[] buffer, out int length)
    {
        (buffer, length) = ([], 0);
        lock (_lock)
        {
            if (_ended)
                return Taken.End;
            if (_channel.HasMessage)
            {
                buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, _channel.NextMessageBytes));
                length = _channel.Receive(buffer);
                Arm();
                return Taken.Message;
            }

            if (_malformed)
            {
                _malformed = false;
                return Taken.Malformed;
            }

            return _clientClosed ? Taken.End : Taken.Nothing;
        }
    }

    private bool TryQueue(ReadOnlySpan<byte> envelope, bool last)
    {
        lock (_lock)
        {
            ThrowIfOver();
            var queued = _channel.Send(envelope);
            if (last || !queued)
                Flush(Environment.TickCount64);
            Arm();
            return queued;
        }
    }

    private bool IsFinished()
    {
        lock (_lock)
            return _ended || _clientClosed || _channel.Unacknowledged == 0;
    }

    private void ThrowIfOver()
    {
        if (_ended || _clientClosed)
            throw new IOException("The KCP connection is over.");
    }

    private void TakePayload(KcpKind kind, ReadOnlySpan<byte> payload, SocketAddress from)
    {
        switch (kind)
        {
            case KcpKind.ClientData:
                var now = Environment.TickCount64;
                var before = _channel.Unacknowledged;
                if (!_channel.Input(payload, now))
                    _malformed = true;
                if (_channel.HasMessage || _malformed)
                    _incoming.Set();
                if (_channel.Unacknowledged < before || _channel.Unacknowledged == 0)
                    _outgoing.Set();
                break;
            case KcpKind.ChallengeAnswer:
                Move(payload, from);
                break;
            case KcpKind.ClientClose:
                _clientClosed = true;
                _incoming.Set();
                _outgoing.Set();
                break;
        }
    }

    private void End()
    {
        if (_ended)
            return;
        _ended = true;
        Send(KcpKind.ServerClose, 0);
        _channel.Release();
        _incoming.Set();
        _outgoing.Set();
    }

    private void Arm()
    {
        if (_armed || _ended || _channel.DueAtMs == long.MaxValue)
            return;
        _armed = true;
        _listener.Arm(this);
    }

    private void Flush(long nowMs) =>
        _channel.Flush(nowMs, Scratch.Slice(KcpDatagram.HeadBytes, KcpDatagram.MaxPayloadBytes), _output);

    /// <summary>Sends a datagram whose payload stands in its place in the scratch.</summary>
    private void Send(KcpKind kind, int payloadBytes) => Send(kind, payloadBytes, _path);

    private void Send(KcpKind kind, int payloadBytes, SocketAddress to) =>
        _listener.Send(Scratch[.._seal.Seal(Scratch, kind, payloadBytes)], to);

    private enum Taken
    {
        Nothing,
        Message,
        Malformed,
        End,
    }
}
