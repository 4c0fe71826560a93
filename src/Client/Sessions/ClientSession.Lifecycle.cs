using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Sessions;

/// <summary>How a session begins, goes on over connections, and ends.</summary>
internal sealed partial class ClientSession
{
    /// <summary>The first request of a connection: Resume if there is a session to go on with, else Login.</summary>
    public (uint Id, uint Op, ByteString Body) BeginHandshake(string accessToken) => Locked(() =>
    {
        if (_sessionId == 0)
        {
            var login = new LoginRequest
            {
                AccessToken = accessToken,
                ClientVersion = _options.ClientVersion,
                LoginId = _loginId,
                Attempt = ++_loginAttempts,
            };
            return (_requests.TakeId(), Opcodes.Of<LoginRequest>().Op, login.ToByteString());
        }
        var resume = new ResumeRequest { AccessToken = accessToken, SessionId = _sessionId, LastSeq = LastSeq };
        resume.Unanswered.AddRange(_requests.UnansweredIds);
        return (_requests.TakeId(), Opcodes.Of<ResumeRequest>().Op, resume.ToByteString());
    });

    /// <summary>The server has taken the handshake. Sends what is to be sent again, then what waits.</summary>
    public void GoOnline(Connection connection, Welcome welcome)
    {
        var skipped = 0UL;
        lock (_gate)
        {
            if (_closed is not null)
                return;
            skipped = FollowMailbox(welcome);
            _sessionId = welcome.SessionId;
            PlayerId = welcome.PlayerId;
            Epoch = welcome.Epoch;
            PlayerExists = welcome.PlayerExists;
            Gateway = welcome.Gateway;
            FollowLimits(welcome.Limits);
            connection.Acknowledged = welcome.Resumed ? Math.Min(welcome.Seq, LastSeq) : welcome.Seq;
            _connection = connection;
            SendAgain(connection, welcome.SendAgain);
            Pump();
        }
        if (skipped == 0)
            return;
        _statistics.CountGap();
        _pushes.Handle(ResyncOp, 0, new Resync { Dropped = skipped }.ToByteString());
    }

    /// <summary>The connection is gone. The session may go on with another.</summary>
    public void GoOffline() => Locked(() =>
    {
        _connection = null;
        _requests.Disconnected();
    });

    /// <summary>The session is gone. What was sent in it is answered no more; what waits goes into the next.</summary>
    public bool Lose(string why)
    {
        lock (_gate)
        {
            var hadSession = _sessionId != 0;
            _sessionId = 0;
            foreach (var request in _requests.TakeSent())
            {
                request.GiveUp(why, () => new GameErrorException(GameError.SessionExpired, request.Name));
            }
            if (hadSession)
                _statistics.CountSessionLost();
            return hadSession;
        }
    }

    /// <summary>No more connections. Whatever waits for an answer fails.</summary>
    public void Close(ClientClosedException why) => Locked(() =>
    {
        _closed ??= why;
        _connection = null;
        foreach (var request in _requests.TakeSent())
            request.GiveUp("the client was closed", () => new ClientClosedException(why.Reason, ""));
        foreach (var request in _requests.TakeWaiting())
            request.Fail(new ClientClosedException(why.Reason, ""));
    });

    // Returns how many pushes the server will not send any more although they were not handled. A log-in takes up the
    // mailbox wherever the player's devices have left it; what this client has handled itself is not handled twice.
    private ulong FollowMailbox(Welcome welcome)
    {
        if (welcome.Seq <= LastSeq)
            return 0;
        var skipped = welcome.Resumed ? welcome.Seq - LastSeq : 0;
        Interlocked.Exchange(ref _lastSeq, (long)welcome.Seq);
        return skipped;
    }

    private void FollowLimits(Limits? limits)
    {
        if (limits is null)
            return;
        Limits = limits;
        _bucket.Configure(limits.RequestsPerSecond, limits.RequestBurst, MonotonicClock.NowMs);
    }

    private void SendAgain(Connection connection, IEnumerable<uint> ids)
    {
        var now = MonotonicClock.NowMs;
        foreach (var id in _requests.UnansweredIds)
        {
            if (!_requests.TryGetSent(id, out var request))
                continue;
            // Whatever was put off before is settled now: by sending it again, or by the answer on record.
            request.SendAgainAt = 0;
            request.MayHaveTakenEffect = true;
        }
        foreach (var id in ids.OrderBy(id => id))
        {
            if (_requests.TryGetSent(id, out var request))
                SendAgain(connection, request, now);
        }
    }
}
