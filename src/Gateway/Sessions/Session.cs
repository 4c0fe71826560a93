using System.Buffers;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Transports;
using Google.Protobuf;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// A client's connection and what the gateway knows of its player. It owns nothing of the game: what must last is in the
/// player and the mailbox grain, so that any gateway can go on where this one stops.
/// </summary>
internal sealed partial class Session
{
    private readonly ClientConnection _connection;
    private readonly Dispatcher _dispatcher;
    private readonly Lock _gate = new();
    private TokenBucket _rate;
    private SessionState _state;
    private (GoodbyeReason Reason, string Detail)? _closeAfterAnswer;

    public Session(ClientConnection connection, Dispatcher dispatcher)
    {
        _connection = connection;
        _dispatcher = dispatcher;
        _rate = new TokenBucket(dispatcher.Options.RequestsPerSecond, dispatcher.Options.RequestBurst);
        ConnectedAtMs = LastReceivedMs = LastCheckedMs = Environment.TickCount64;
    }

    public long PlayerId { get; private set; }

    /// <summary>The player's grain; set once the session is open.</summary>
    public IPlayerSession Player { get; private set; } = null!;

    public ulong SessionId { get; private set; }

    public ulong Epoch { get; private set; }

    public long ConnectedAtMs { get; }

    /// <summary>When the client was last heard of.</summary>
    public long LastReceivedMs { get; private set; }

    /// <summary>When the player grain last heard of this session.</summary>
    public long LastCheckedMs { get; set; }

    public SessionState State => _state;

    public ClientConnection Connection => _connection;

    /// <summary>Takes one envelope off the wire.</summary>
    /// <param name="more">True if another one waits right behind it.</param>
    /// <exception cref="ProtocolViolationException">The bytes are no envelope.</exception>
    public void Receive(in ReadOnlySequence<byte> envelope, bool more)
    {
        if (_state == SessionState.Closed)
            return;
        LastReceivedMs = Environment.TickCount64;
        if (envelope.IsSingleSegment)
        {
            Handle(envelope.FirstSpan, more);
            return;
        }

        var length = (int)envelope.Length;
        var joined = ArrayPool<byte>.Shared.Rent(length);
        envelope.CopyTo(joined);
        Handle(joined.AsSpan(0, length), more);
        ArrayPool<byte>.Shared.Return(joined);
    }

    /// <summary>Whether a request may be made now, by the announced rate.</summary>
    public bool TryTakeToken(out uint retryAfterMs) => _rate.TryTake(LastReceivedMs, out retryAfterMs);

    /// <summary>Claims the one log-in that a connection may try at a time.</summary>
    public bool TryBeginAuthentication()
    {
        lock (_gate)
        {
            if (_state != SessionState.Connected)
                return false;
            _state = SessionState.Authenticating;
            return true;
        }
    }

    /// <summary>Makes this the player's connection and welcomes the client.</summary>
    /// <returns>False if the connection has ended meanwhile.</returns>
    public bool Open(long playerId, AttachResult attached, ulong sentSeq, uint requestId, uint op, Welcome welcome)
    {
        lock (_gate)
        {
            if (_state != SessionState.Authenticating)
                return false;
            PlayerId = playerId;
            Player = _dispatcher.Grains.GetGrain<IPlayerSession>(playerId);
            SessionId = attached.SessionId;
            Epoch = attached.Epoch;
            _sentSeq = _ackedSeq = _forwardedAck = sentSeq;
            _state = SessionState.Open;
            Send(new ServerFrame(requestId, op, welcome.ToByteArray()));
        }

        return true;
    }

    /// <summary>Sends a frame. A client that is too slow to take it is cut.</summary>
    public void Send(in ServerFrame frame, bool more = true)
    {
        if (_connection.Send(frame, more))
            return;
        _dispatcher.Metrics.SlowReaders.Add(1);
        _connection.Abort();
    }

    /// <summary>Tells the client why, then closes the connection.</summary>
    public void Close(GoodbyeReason reason, string detail, IEnumerable<GatewayAddress>? elsewhere = null)
    {
        lock (_gate)
        {
            if (_state == SessionState.Closed)
                return;
            _state = SessionState.Closed;
        }

        var goodbye = new Goodbye { Reason = reason, Detail = detail };
        if (elsewhere is not null)
            goodbye.Gateways.AddRange(elsewhere);
        Send(new ServerFrame(0, Opcodes.OfPush<Goodbye>().Op, goodbye.ToByteArray()));
        _connection.Close();
        _dispatcher.Metrics.Closed(reason);
    }

    /// <summary>Closes the connection once the request that is being answered has its answer.</summary>
    public void CloseAfterAnswer(GoodbyeReason reason, string detail) => _closeAfterAnswer = (reason, detail);

    /// <summary>The socket has ended.</summary>
    public void Ended()
    {
        lock (_gate)
            _state = SessionState.Closed;
    }

    private void Handle(ReadOnlySpan<byte> envelope, bool more)
    {
        var frame = EnvelopeCodec.Read(envelope);
        if (frame.Ack != 0)
            Acknowledge(frame.Ack);
        if (frame.Op != 0 || frame.Id != 0)
            _dispatcher.Dispatch(this, frame, more);
    }
}

internal enum SessionState
{
    Connected,
    Authenticating,
    Open,
    Closed,
}
