using System.Diagnostics;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Transports;
using Google.Protobuf;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// The order of a session's requests: they take effect as they were sent. A write waits for everything before it, a
/// read for the writes before it; reads overlap.
/// </summary>
internal sealed partial class Session
{
    private Queue<PendingRequest>? _waiting;
    private int _inFlight;
    private int _reading;
    private bool _writing;

    /// <summary>Requests that are not answered yet.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Runs a request, now or when its turn comes.</summary>
    /// <param name="bodyHash">See <see cref="RequestIds.Hash"/>.</param>
    /// <param name="trace">The request's span, if it is followed.</param>
    /// <returns>False if the session has too many unanswered requests.</returns>
    public bool Submit(Route route, uint id, object request, ulong bodyHash = 0, Activity? trace = null)
    {
        if (route.IsInput)
        {
            _ = Run(route, id, request, bodyHash, 0, trace);
            return true;
        }

        lock (_gate)
        {
            if (_inFlight >= _dispatcher.Options.MaxInFlight)
                return false;
            _inFlight++;
            if (route.Ordered && !TryBegin(route))
            {
                (_waiting ??= new Queue<PendingRequest>(2)).Enqueue(
                    new PendingRequest(route, id, request, bodyHash, Stopwatch.GetTimestamp(), trace));
                return true;
            }
        }

        if (route is StreamedRoute streamed && trace is null)
            Gather(streamed, id, (byte[])request);
        else
            _ = Run(route, id, request, bodyHash, 0, trace);
        return true;
    }

    /// <param name="waitingSince">When a request that had to wait came in: the wait is part of its time.</param>
    private async Task Run(
        Route route, uint id, object request, ulong bodyHash = 0, long waitingSince = 0, Activity? trace = null)
    {
        // In here it is the current one, and not in the flow of the caller.
        trace?.Start();
        var started = waitingSince == 0 ? Stopwatch.GetTimestamp() : waitingSince;
        var call = new Call(
            this, id, _dispatcher, route.Op, bodyHash, route.Effect == Effect.Write && Ids.IsUnclear(id));
        var faultId = 0UL;
        Outcome? outcome;
        try
        {
            outcome = Dispatcher.Judge(call, waitingSince == 0
                ? await route.Invoke(call, request)
                : await _dispatcher.InvokeInTime(call, route, request, started));
        }
        catch (Exception e)
        {
            (outcome, faultId) = await _dispatcher.Recover(call, route, request, e, started);
        }

        if (id != 0 && route.Page is not null && outcome is { Reply: not null } page)
            (outcome, faultId) = await FitPage(call, route, request, page, started);
        route.Statistics.Record(started, outcome?.Error ?? GameError.Ok);
        if (outcome is not null)
        {
            if (outcome.Pushes is not null || outcome.AfterSeq != 0)
                outcome = await PushFirst(outcome);
            if (outcome.Error == GameError.RequestIdReused)
                Ids.Forget(id);
            else if (route.Effect == Effect.Write)
                Ids.End(id, outcome.Error is not (GameError.Unavailable or GameError.OutcomeUnknown));
            Answer(route, id, outcome, faultId);
        }

        RequestTrace.End(trace, this, outcome?.Error);
        if (!route.IsInput)
            Complete(route);
    }

    /// <summary>A page that is larger than a frame is asked for again, with as many entries as fit.</summary>
    private async ValueTask<(Outcome? Outcome, ulong FaultId)> FitPage(
        Call call, Route route, object request, Outcome page, long started)
    {
        Outcome? outcome = page;
        var (limit, faultId) = (_dispatcher.Options.MaxFrameBytes, 0UL);
        while (outcome is { Error: GameError.Ok, Reply: not null }
            && EnvelopeCodec.Size(_connection.Prepare(AnswerOf(route, call.Id, outcome, 0))) is var size && size > limit
            && route.Page!.AskForLess((IMessage)request, outcome.Reply, size, limit))
        {
            try
            {
                outcome = await _dispatcher.InvokeInTime(call, route, request, started);
            }
            catch (Exception e)
            {
                (outcome, faultId) = await _dispatcher.Recover(call, route, request, e, started);
            }
        }

        return (outcome, faultId);
    }

    private static ServerFrame AnswerOf(Route route, uint id, Outcome outcome, ulong faultId) =>
        new(id, route.Op, outcome.Reply, 0, outcome.Error, outcome.RetryAfterMs, faultId);

    /// <summary>Sends the pushes that belong before an answer.</summary>
    private async ValueTask<Outcome> PushFirst(Outcome outcome)
    {
        foreach (var push in outcome.Pushes ?? [])
            Deliver(push);
        if (HasSent(outcome.AfterSeq))
            return outcome;
        await CatchUp(outcome.AfterSeq);
        // Sent again, the request finds its recorded answer, and with it the pushes once more.
        return HasSent(outcome.AfterSeq) ? outcome : Outcome.Refused(GameError.Unavailable);
    }

    private void Answer(Route route, uint id, Outcome outcome, ulong faultId)
    {
        if (id != 0)
            Send(AnswerOf(route, id, outcome, faultId), more: InFlight > 1);
        if (route.Opens)
            EndAuthentication();
        if (outcome.Error == GameError.SessionReplaced)
            Close(GoodbyeReason.Replaced, ReplacedDetail);
        if (Volatile.Read(ref _closeAfterAnswer) is { } ending && ending.RequestId == id)
            Close(ending.Reason, ending.Detail);
    }

    private void Complete(Route route)
    {
        PendingRequest next;
        lock (_gate)
        {
            _inFlight--;
            if (route.Ordered)
                End(route);
            if (!TryDequeue(out next))
                return;
        }

        do
            _ = Run(next.Route, next.Id, next.Request, next.BodyHash, next.Since, next.Trace);
        while (TryBeginWaiting(out next));
    }

    private bool TryBeginWaiting(out PendingRequest next)
    {
        lock (_gate)
            return TryDequeue(out next);
    }

    private bool TryDequeue(out PendingRequest next)
    {
        next = default;
        if (_waiting is null || !_waiting.TryPeek(out next) || !TryBeginNext(next.Route))
            return false;
        _waiting.Dequeue();
        return true;
    }

    private bool TryBegin(Route route) => _waiting is not { Count: > 0 } && TryBeginNext(route);

    private bool TryBeginNext(Route route)
    {
        if (_writing || (route.Alone && _reading > 0))
            return false;
        if (route.Alone)
            _writing = true;
        else
            _reading++;
        return true;
    }

    private void End(Route route)
    {
        if (route.Alone)
            _writing = false;
        else
            _reading--;
    }

    private readonly record struct PendingRequest(
        Route Route, uint Id, object Request, ulong BodyHash, long Since, Activity? Trace);
}
