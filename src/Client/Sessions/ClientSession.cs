using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Sessions;

/// <summary>
/// What outlives a connection: the session's identity, the place in the mailbox, and the requests without an answer.
/// </summary>
/// <remarks>
/// One lock guards all of it. Envelopes come in from one connection at a time: the next one is not opened before the
/// receiving loop of the one before has ended. So pushes are handled in order without holding the lock.
/// </remarks>
internal sealed partial class ClientSession : IDisposable
{
    private static readonly uint HeartbeatOp = Opcodes.Of<HeartbeatRequest>().Op;

    private readonly object _gate = new();
    private readonly GameClientOptions _options;
    private readonly ClientStatistics _statistics;
    private readonly PushHandlers _pushes;
    private readonly PendingRequests _requests = new();
    private readonly ulong _loginId = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray(), 0);
    private readonly TokenBucket _bucket;
    private readonly Timer _pumpTimer;
    private readonly Timer _acknowledgeTimer;
    private Connection? _connection;
    private ClientClosedException? _closed;
    private uint _loginAttempts;
    private ulong _sessionId;
    private long _lastSeq;
    private bool _acknowledgementIsDue;
    private bool _isLeaving;

    public ClientSession(GameClientOptions options, ClientStatistics statistics, PushHandlers pushes)
    {
        _options = options;
        _statistics = statistics;
        _pushes = pushes;
        _lastSeq = (long)options.LastSeq;
        _bucket = new TokenBucket(Limits.RequestsPerSecond, Limits.RequestBurst, MonotonicClock.NowMs);
        _pumpTimer = new Timer(_ => Locked(Pump));
        _acknowledgeTimer = new Timer(_ => Locked(Acknowledge));
    }

    public ulong PlayerId { get; private set; }

    public ulong Epoch { get; private set; }

    public bool PlayerExists { get; set; }

    public string Gateway { get; private set; } = "";

    /// <summary>What the server enforces. Until it has said so, what it does by default.</summary>
    public Limits Limits { get; private set; } = new()
    {
        HeartbeatEveryMs = 10_000,
        DeadAfterMs = 30_000,
        ResumeWindowMs = 60_000,
        RequestsPerSecond = 20,
        RequestBurst = 40,
        MaxInFlight = 32,
        MaxFrameBytes = FrameLimits.MaxFrameBytes,
        CallTimeoutMs = 5_000,
        MaxMailboxBacklog = 1_000,
    };

    public ulong LastSeq => (ulong)Interlocked.Read(ref _lastSeq);

    /// <summary>Whether the app's last request was sent. After it the end of the connection is no surprise.</summary>
    public bool IsLeaving => Locked(() => _isLeaving);

    public bool HasSession => Locked(() => _sessionId != 0);

    /// <summary>Sends a request when its turn comes, and returns the encoded reply.</summary>
    public async Task<ByteString> Call(PendingRequest request, TimeSpan timeout, CancellationToken cancellation)
    {
        CheckSize(request.Body);
        Locked(() =>
        {
            if (_closed is not null)
                throw new ClientClosedException(_closed.Reason, "");
            _requests.Add(request);
            Pump();
        });
        using var deadline = new CancellationTokenSource(timeout);
        using var onDeadline = deadline.Token.Register(() => Locked(() => request.GiveUp("its time ran out",
            () => new TimeoutException($"{request.Name} was not answered within {timeout.TotalSeconds:0.#} s."))));
        using var onCancel = cancellation.Register(() => request.Cancel(cancellation));
        return await request.Answer.ConfigureAwait(false);
    }

    /// <summary>Asks for a sign of life, unless one is outstanding.</summary>
    public void SendHeartbeat() => Locked(() =>
    {
        if (_connection is not { } connection || _requests.HasHeartbeat)
            return;
        var request = new PendingRequest(HeartbeatOp, "Heartbeat", Effect.Read, ByteString.Empty)
        {
            IsHeartbeat = true,
        };
        _requests.MarkSent(request);
        _bucket.Take(MonotonicClock.NowMs);
        connection.Send(request.Id, request.Op, request.Body);
    });

    /// <summary>Sends something that nobody answers, at once or never.</summary>
    /// <returns>False if there is no connection now.</returns>
    public bool Notify(uint op, ByteString body)
    {
        CheckSize(body);
        lock (_gate)
        {
            if (_connection is not { } connection || _isLeaving)
                return false;
            connection.Send(0, op, body);
            return true;
        }
    }

    public void Dispose()
    {
        _pumpTimer.Dispose();
        _acknowledgeTimer.Dispose();
    }

    private void CheckSize(ByteString body)
    {
        const int envelopeBytes = 96;
        if (body.Length + envelopeBytes > Limits.MaxFrameBytes)
        {
            throw new ArgumentException(
                $"A request of {body.Length} bytes is longer than the server takes.", nameof(body));
        }
    }

    // Postponed requests go first, then those that wait, as far as the server's limits allow.
    private void Pump()
    {
        if (_connection is not { } connection)
            return;
        var now = MonotonicClock.NowMs;
        var due = _requests.TakeDue(now, out var wakeAt);
        foreach (var request in due)
            SendAgain(connection, request, now);
        // One of the slots stays free for a heartbeat.
        var slots = Math.Max(1, (int)Limits.MaxInFlight - 1);
        while (_requests.InFlight < slots && _requests.TryPeekWaiting(out var next))
        {
            if (!_bucket.TryTake(now, out var waitMs))
            {
                wakeAt = Math.Min(wakeAt, now + waitMs);
                break;
            }
            _requests.MarkSent(next);
            _isLeaving |= next.IsLeave;
            _statistics.CountRequest();
            connection.Send(next.Id, next.Op, next.Body, next.TraceParent);
        }
        _pumpTimer.Change(wakeAt == long.MaxValue ? Timeout.Infinite : Math.Max(1, wakeAt - now), Timeout.Infinite);
    }

    private void SendAgain(Connection connection, PendingRequest request, long nowMs)
    {
        if (request.IsDone)
        {
            _requests.Remove(request);
            return;
        }
        _bucket.Take(nowMs);
        _statistics.CountResend();
        connection.Send(request.Id, request.Op, request.Body, request.TraceParent);
    }

    private void Acknowledge()
    {
        _acknowledgementIsDue = false;
        if (_connection is { } connection && connection.Acknowledged < LastSeq && !_isLeaving)
            connection.Send(0, HeartbeatOp, ByteString.Empty);
    }

    // After disposal a timer may still fire once, which finds no connection.
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
