using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Tests;

/// <summary>
/// What gateways share: one session of one player, its mailbox and the record of its answers. It keeps the contract's
/// rules for resume; the effect of a write is that its opcode is counted.
/// </summary>
internal sealed class FakeWorld
{
    public const ulong Player = 77;

    private readonly Lock _gate = new();
    private readonly List<(ulong Seq, uint Op, ByteString Body)> _mailbox = [];
    private readonly Dictionary<uint, (uint Op, ByteString Reply)> _answers = [];
    private readonly List<(uint Id, uint Op)> _effects = [];
    private readonly List<(uint Id, uint Op, string TraceParent)> _requests = [];
    private FakeConnection? _live;
    private ulong _sessionId;
    private ulong _epoch;
    private ulong _acknowledged;

    public FakeAccounts Accounts { get; } = new();

    public Limits Limits { get; } = new()
    {
        AuthenticateWithinMs = 5_000,
        HeartbeatEveryMs = 10_000,
        DeadAfterMs = 30_000,
        ResumeWindowMs = 60_000,
        RequestsPerSecond = 10_000,
        RequestBurst = 10_000,
        MaxInFlight = 32,
        MaxFrameBytes = 65_536,
        CallTimeoutMs = 5_000,
        MaxMailboxBacklog = 1_000,
    };

    /// <summary>What a request is answered with; null leaves it to the world.</summary>
    public Func<ClientEnvelope, ServerEnvelope?> Answer { get; set; } = _ => null;

    /// <summary>What a Resume or Login is refused with.</summary>
    public Func<ClientEnvelope, GameError> Judge { get; set; } = _ => GameError.Ok;

    /// <summary>Whether a write pushes a Note before it is answered.</summary>
    public bool WritesPush { get; set; }

    public IReadOnlyList<(uint Id, uint Op)> Effects => Locked(() => _effects.ToArray());

    /// <summary>Every request as it came in, resent ones too.</summary>
    public IReadOnlyList<(uint Id, uint Op, string TraceParent)> Requests => Locked(() => _requests.ToArray());

    public ulong Acknowledged => Locked(() => _acknowledged);

    public ulong Epoch => Locked(() => _epoch);

    public FakeConnection? Live => Locked(() => _live);

    public ResumeRequest? LastResume { get; private set; }

    /// <summary>Ends the session, as its resume window does.</summary>
    public void EndSession() => Locked(() => _sessionId = 0);

    /// <summary>Puts a note into the mailbox and, if the player is online, on the wire.</summary>
    public void Post(string text) => Locked(() => Append(new Note { From = 1, FromName = "a", Text = text }));

    /// <summary>Drops the mailbox's backlog and says so.</summary>
    public void Overflow(ulong dropped)
    {
        lock (_gate)
        {
            var seq = Head() + dropped + 1;
            _mailbox.Clear();
            var item = (seq, Opcodes.OfPush<Resync>().Op, new Resync { Dropped = dropped }.ToByteString());
            _mailbox.Add(item);
            _live?.Push(item);
        }
    }

    public void Detach(FakeConnection connection) => Locked(() =>
    {
        if (_live == connection)
            _live = null;
    });

    public void Handle(FakeConnection connection, ClientEnvelope request)
    {
        lock (_gate)
        {
            if (request.Ack > _acknowledged)
            {
                _acknowledged = request.Ack;
                _mailbox.RemoveAll(item => item.Seq <= _acknowledged);
            }
            if (request.Id == 0)
                return;
            if (request.Op == Opcodes.Of<LoginRequest>().Op)
                Login(connection, request);
            else if (request.Op == Opcodes.Of<ResumeRequest>().Op)
                Resume(connection, request);
            else if (connection == _live)
                Run(connection, request);
        }
    }

    private void Login(FakeConnection connection, ClientEnvelope request)
    {
        if (Refused(connection, request))
            return;
        _sessionId = (ulong)Random.Shared.NextInt64(1, long.MaxValue);
        _answers.Clear();
        Attach(connection, request, new Welcome { Seq = _acknowledged }, _acknowledged, []);
    }

    private void Resume(FakeConnection connection, ClientEnvelope request)
    {
        var resume = ResumeRequest.Parser.ParseFrom(request.Body);
        LastResume = resume;
        if (Refused(connection, request))
            return;
        if (resume.SessionId != _sessionId || _sessionId == 0)
        {
            connection.Send(new ServerEnvelope { Id = request.Id, Op = request.Op, Error = GameError.SessionExpired });
            return;
        }
        var welcome = new Welcome { Resumed = true, Seq = resume.LastSeq };
        welcome.SendAgain.AddRange(resume.Unanswered.Where(id => !_answers.ContainsKey(id)));
        Attach(connection, request, welcome, resume.LastSeq, resume.Unanswered);
    }

    private bool Refused(FakeConnection connection, ClientEnvelope request)
    {
        var error = Judge(request);
        if (error != GameError.Ok)
            connection.Send(new ServerEnvelope { Id = request.Id, Op = request.Op, Error = error });
        return error != GameError.Ok;
    }

    private void Attach(
        FakeConnection connection, ClientEnvelope request, Welcome welcome, ulong from, IEnumerable<uint> unanswered)
    {
        _live = connection;
        welcome.PlayerId = Player;
        welcome.SessionId = _sessionId;
        welcome.Epoch = ++_epoch;
        welcome.HeadSeq = Head();
        welcome.Limits = Limits;
        connection.Send(new ServerEnvelope { Id = request.Id, Op = request.Op, Body = welcome.ToByteString() });
        foreach (var item in _mailbox.Where(item => item.Seq > from))
            connection.Push(item);
        foreach (var id in unanswered)
        {
            if (_answers.TryGetValue(id, out var answer))
                connection.Send(new ServerEnvelope { Id = id, Op = answer.Op, Body = answer.Reply });
        }
    }

    private void Run(FakeConnection connection, ClientEnvelope request)
    {
        _requests.Add((request.Id, request.Op, request.TraceParent));
        if (Answer(request) is { } answer)
        {
            answer.Id = request.Id;
            answer.Op = request.Op;
            connection.Send(answer);
            return;
        }
        if (!_answers.TryGetValue(request.Id, out var recorded))
        {
            recorded = (request.Op, ReplyTo(request));
            if (Opcodes.Requests[request.Op].Effect == Effect.Write)
                TakeEffect(request, recorded);
        }
        connection.Send(new ServerEnvelope { Id = request.Id, Op = request.Op, Body = recorded.Reply });
        if (request.Op == Opcodes.Of<LeaveRequest>().Op)
            connection.Close(new Goodbye { Reason = GoodbyeReason.SessionOver });
    }

    private void TakeEffect(ClientEnvelope request, (uint Op, ByteString Reply) answer)
    {
        _answers[request.Id] = answer;
        _effects.Add((request.Id, request.Op));
        if (WritesPush)
            Append(new Note { Text = $"request {request.Id}" });
    }

    private static ByteString ReplyTo(ClientEnvelope request) => request.Op == Opcodes.Of<EchoRequest>().Op
        ? new EchoReply { Payload = EchoRequest.Parser.ParseFrom(request.Body).Payload }.ToByteString()
        : ByteString.Empty;

    private void Append(Note note)
    {
        var item = (Head() + 1, Opcodes.OfPush<Note>().Op, note.ToByteString());
        _mailbox.Add(item);
        _live?.Push(item);
    }

    private ulong Head() => _mailbox.Count > 0 ? _mailbox[^1].Seq : _acknowledged;

    private void Locked(Action action)
    {
        lock (_gate)
            action();
    }

    private T Locked<T>(Func<T> action)
    {
        lock (_gate)
            return action();
    }
}
