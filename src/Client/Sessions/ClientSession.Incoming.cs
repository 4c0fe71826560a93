using GameBackend.Protocol;

namespace GameBackend.Client.Sessions;

/// <summary>What the server sends: answers and pushes.</summary>
internal sealed partial class ClientSession
{
    private static readonly uint GoodbyeOp = Opcodes.OfPush<Goodbye>().Op;
    private static readonly uint ResyncOp = Opcodes.OfPush<Resync>().Op;

    public void Receive(Connection connection, ServerEnvelope envelope)
    {
        if (envelope.Id != 0)
            OnAnswer(connection, envelope);
        else
            OnPush(connection, envelope);
    }

    private void OnAnswer(Connection connection, ServerEnvelope answer)
    {
        PendingRequest? request;
        lock (_gate)
        {
            if (!_requests.TryGetSent(answer.Id, out request))
            {
                _statistics.CountStrayAnswer();
                return;
            }
            if (IsPostponed(answer.Error) && !request.IsDone && !request.IsHeartbeat)
                Postpone(request, answer);
            else
                _requests.Remove(request);
            Pump();
        }
        if (answer.Error == GameError.Draining && !request.IsHeartbeat)
        {
            connection.Goodbye ??= new Goodbye { Reason = GoodbyeReason.Draining };
            connection.Abort(new GameErrorException(answer.Error, request.Name));
        }
        if (request.SendAgainAt == 0)
            Finish(request, answer);
    }

    // Errors that say "not now" rather than "no". SessionReplaced is one if it was this client's own late handshake
    // that took over; else the Goodbye that follows ends the client and with it the request.
    private static bool IsPostponed(GameError error) => error is GameError.Unavailable or GameError.RateLimited
        or GameError.TooManyInFlight or GameError.Draining or GameError.SessionReplaced;

    private void Postpone(PendingRequest request, ServerEnvelope answer)
    {
        _statistics.CountPostponement(answer.Error);
        request.MayHaveTakenEffect |= answer.Error == GameError.Unavailable;
        var backoff = Backoff.Delay(request.Postponements++, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        var waitMs = Math.Max(answer.RetryAfterMs, (long)backoff.TotalMilliseconds);
        request.SendAgainAt = MonotonicClock.NowMs + Math.Max(1, waitMs);
    }

    private static void Finish(PendingRequest request, ServerEnvelope answer)
    {
        if (answer.Error == GameError.Ok)
            request.Succeed(answer.Body);
        else if (answer.Error == GameError.OutcomeUnknown || (request.MayHaveTakenEffect && SaysNothing(answer.Error)))
            request.GiveUp($"the server answers {answer.Error} to a resend", () => Refusal(request, answer));
        else if (answer.Error == GameError.ReplyTooLarge)
            request.GiveUp("its answer is too large to be sent", () => Refusal(request, answer));
        else
            request.Fail(Refusal(request, answer));
    }

    // Errors that speak of the last try alone.
    private static bool SaysNothing(GameError error) =>
        error is GameError.RequestTooOld or GameError.RequestIdReused or GameError.Internal;

    private static GameErrorException Refusal(PendingRequest request, ServerEnvelope answer) =>
        new(answer.Error, request.Name, answer.FaultId, answer.RetryAfterMs);

    private void OnPush(Connection connection, ServerEnvelope push)
    {
        if (push.Op == GoodbyeOp)
            connection.Goodbye = Goodbye.Parser.ParseFrom(push.Body);
        if (push.Seq != 0 && !Accept(push))
            return;
        _statistics.CountPush();
        _pushes.Handle(push.Op, push.Seq, push.Body);
        if (push.Seq != 0)
            Handled(connection, push.Seq);
    }

    private bool Accept(ServerEnvelope push)
    {
        // The session ends: what was not handled before the last request comes again at the next log-in, since
        // nothing acknowledges it any more.
        lock (_gate)
        {
            if (_isLeaving)
                return false;
        }
        var expected = LastSeq + 1;
        if (push.Seq < expected)
        {
            _statistics.CountDuplicate();
            return false;
        }
        if (push.Op == ResyncOp)
        {
            _statistics.CountResync();
            return true;
        }
        if (push.Seq == expected)
            return true;
        _statistics.CountGap();
        throw new FrameException($"Push {push.Seq} came where {expected} was due.");
    }

    private void Handled(Connection connection, ulong seq)
    {
        Interlocked.Exchange(ref _lastSeq, (long)seq);
        var every = Math.Max(1, Math.Min((ulong)_options.AcknowledgeEvery, Limits.MaxMailboxBacklog / 4));
        lock (_gate)
        {
            if (seq - connection.Acknowledged == every)
                Acknowledge();
            else if (!_acknowledgementIsDue)
            {
                _acknowledgementIsDue = true;
                _acknowledgeTimer.Change(_options.AcknowledgeWithin, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
