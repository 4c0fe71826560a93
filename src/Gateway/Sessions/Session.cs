using GameBackend.Gateway.Battle;
using GameBackend.Gateway.Chat;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Transports;
using Google.Protobuf;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// A client's connection and what the gateway knows of its player. It owns nothing of the game: what must last is in
/// the player and the mailbox grain, so that any gateway can go on where this one stops.
/// </summary>
internal sealed partial class Session
{
    public const string ReplacedDetail = "Another connection has taken over, or the session is over.";

    // The system's clock of milliseconds may stand still for this long.
    private const uint ClockStepMs = 10;

    private readonly ClientConnection _connection;
    private readonly Dispatcher _dispatcher;
    private readonly ConnectionSlot? _slot;
    private readonly Lock _gate = new();
    private TokenBucket _rate;
    private TokenBucket _inputRate;
    private volatile SessionState _state;
    private volatile bool _leaving;
    private Ending? _closeAfterAnswer;
    private Hearing? _hearing;

    public Session(ClientConnection connection, Dispatcher dispatcher, ConnectionSlot? slot = null)
    {
        _connection = connection;
        _dispatcher = dispatcher;
        _slot = slot;
        _rate = new TokenBucket(dispatcher.Options.RequestsPerSecond, dispatcher.Options.RequestBurst);
        _inputRate = new TokenBucket(
            dispatcher.Options.BattleInputsPerSecond, dispatcher.Options.BattleInputsPerSecond);
        ConnectedAtMs = LastReceivedMs = LastCheckedMs = Environment.TickCount64;
    }

    public long PlayerId { get; private set; }

    /// <summary>The player's grain; set once the session is open.</summary>
    public IPlayerSession Player { get; private set; } = null!;

    public ulong SessionId { get; private set; }

    public ulong Epoch { get; private set; }

    public RequestIds Ids { get; } = new();

    /// <summary>What its silo keeps.</summary>
    public SessionLimits Limits { get; private set; }

    public long ConnectedAtMs { get; }

    /// <summary>When the client was last heard of.</summary>
    public long LastReceivedMs { get; private set; }

    /// <summary>When the player grain last heard of this session.</summary>
    public long LastCheckedMs { get; set; }

    /// <summary>The chat that this session hears; made when it first does.</summary>
    public Hearing Hearing => _hearing ?? Interlocked.CompareExchange(ref _hearing, new Hearing(), null) ?? _hearing!;

    /// <summary>Whether this session hears any chat, or has.</summary>
    public bool Hears => _hearing is not null;

    /// <summary>The battle that this session is in or watches; null if there is none.</summary>
    public BattleSeat? Battle { get; set; }

    public SessionState State => _state;

    public ClientConnection Connection => _connection;

    /// <summary>Takes one envelope off the wire.</summary>
    /// <exception cref="ProtocolViolationException">The bytes are no envelope.</exception>
    public void Receive(ReadOnlySpan<byte> envelope)
    {
        if (_state == SessionState.Closed || _leaving)
            return;
        LastReceivedMs = Environment.TickCount64;
        var frame = EnvelopeCodec.Read(envelope);
        if (frame.Ack != 0)
            Acknowledge(frame.Ack);
        if (frame.Op != 0 || frame.Id != 0)
            _dispatcher.Dispatch(this, frame);
    }

    /// <summary>
    /// Takes one envelope as JSON text. Each counts as a request, and is limited before it is read.
    /// </summary>
    /// <param name="text">UTF-8.</param>
    /// <exception cref="ProtocolViolationException">The text is no envelope.</exception>
    public void ReceiveText(ReadOnlySpan<byte> text)
    {
        if (_state == SessionState.Closed || _leaving)
            return;
        LastReceivedMs = Environment.TickCount64;
        var (id, op) = JsonTranscoder.Peek(text);
        if (!_dispatcher.TakeToken(this, id, op))
            return;
        var request = JsonTranscoder.Read(text);
        if (request.IsValid && request.Ack != 0)
            Acknowledge(request.Ack);
        if (request.HasBrokenId)
            Send(new ServerFrame(0, request.Op, default, 0, GameError.InvalidArgument));
        else if (request.Op != 0 || request.Id != 0)
            _dispatcher.Start(this, request.Frame, request.IsValid);
    }

    /// <summary>Whether a request may be made now, by the announced rate.</summary>
    /// <param name="input">For a battle input, which has a rate of its own.</param>
    /// <param name="retryAfterMs">If not: after what time the same request may be made.</param>
    public bool TryTakeToken(bool input, out uint retryAfterMs)
    {
        ref var rate = ref input ? ref _inputRate : ref _rate;
        if (rate.TryTake(LastReceivedMs, out retryAfterMs))
            return true;
        retryAfterMs += ClockStepMs;
        return false;
    }

    /// <summary>Claims the one log-in that a connection may try at a time.</summary>
    public bool TryBeginAuthentication() => TryMove(SessionState.Connected, SessionState.Authenticating);

    /// <summary>The log-in came to no end, and may be tried again.</summary>
    public void EndAuthentication() => TryMove(SessionState.Authenticating, SessionState.Connected);

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
            Limits = attached.Limits;
            _sentSeq = _ackedSeq = _forwardedAck = sentSeq;
            _state = SessionState.Open;
            _slot?.Authenticated();
            Send(new ServerFrame(requestId, op, welcome.ToByteArray()));
        }

        return true;
    }

    /// <summary>
    /// Sends a frame. One that is larger than the client takes gives way to what it can go on from. A client that is
    /// too slow is cut.
    /// </summary>
    public void Send(in ServerFrame frame, bool more = true)
    {
        var ready = _connection.Prepare(frame);
        if (EnvelopeCodec.Size(ready) is var size && size > _dispatcher.Options.MaxFrameBytes)
        {
            if (_dispatcher.InPlaceOf(frame, size, PlayerId) is not { } other)
                return;
            ready = _connection.Prepare(other);
        }

        if (!_connection.Send(ready, more))
            Close(GoodbyeReason.SlowReader, "Too much that was sent has not been read.");
    }

    /// <summary>Sends a push that has no place in the mailbox.</summary>
    public void SendTransient(uint op, byte[] body)
    {
        if (_state != SessionState.Open)
            return;
        _dispatcher.Metrics.Pushes.Add(1);
        Send(new ServerFrame(0, op, body));
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
        var unread = reason == GoodbyeReason.SlowReader;
        var last = Prepared(goodbye);
        if (EnvelopeCodec.Size(last) > _dispatcher.Options.MaxFrameBytes)
            last = Prepared(new Goodbye { Reason = reason });
        _connection.Close(last, unread);
        _dispatcher.Metrics.Closed(reason);
    }

    /// <summary>
    /// Closes the connection once request <paramref name="id"/>, which is being answered, has its answer.
    /// </summary>
    public void CloseAfterAnswer(uint id, GoodbyeReason reason, string detail) =>
        Volatile.Write(ref _closeAfterAnswer, new Ending(id, reason, detail));

    /// <summary>
    /// The gateway goes down: takes no more requests, and says goodbye when all are answered. What the client sends
    /// from now on it finds unanswered when it resumes elsewhere.
    /// </summary>
    public void Leave(IEnumerable<GatewayAddress> elsewhere)
    {
        _leaving = true;
        if (InFlight == 0)
            Close(GoodbyeReason.Draining, "This gateway is going down.", elsewhere);
    }

    /// <summary>The socket has ended.</summary>
    public void Ended()
    {
        lock (_gate)
            _state = SessionState.Closed;
    }

    private ServerFrame Prepared(Goodbye goodbye) =>
        _connection.Prepare(new ServerFrame(0, Opcodes.OfPush<Goodbye>().Op, goodbye.ToByteArray()));

    private bool TryMove(SessionState from, SessionState to)
    {
        lock (_gate)
        {
            if (_state != from)
                return false;
            _state = to;
            return true;
        }
    }

    private sealed record Ending(uint RequestId, GoodbyeReason Reason, string Detail);
}

internal enum SessionState
{
    Connected,
    Authenticating,
    Open,
    Closed,
}
