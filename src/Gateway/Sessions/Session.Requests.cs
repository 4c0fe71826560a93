using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// The order of a session's requests: they take effect as they were sent. A write waits for everything before it, a read
/// for the writes before it; reads overlap.
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
    /// <returns>False if the session has too many unanswered requests.</returns>
    public bool Submit(Route route, uint id, object request)
    {
        lock (_gate)
        {
            if (_inFlight >= _dispatcher.Options.MaxInFlight)
                return false;
            _inFlight++;
            if (route.Ordered && !TryBegin(route))
            {
                (_waiting ??= new Queue<PendingRequest>(2)).Enqueue(new PendingRequest(route, id, request));
                return true;
            }
        }

        _ = Run(route, id, request);
        return true;
    }

    /// <summary>Sends the answer, after the pushes that belong before it.</summary>
    private async ValueTask Answer(Route route, uint id, Outcome outcome, ulong faultId)
    {
        if (outcome.Pushes is { } pushes)
        {
            foreach (var push in pushes)
                Deliver(push);
        }

        if (outcome.AfterSeq != 0 && !HasSent(outcome.AfterSeq))
            await CatchUp(outcome.AfterSeq);
        if (id != 0)
        {
            Send(
                new ServerFrame(id, route.Op, outcome.Reply, 0, outcome.Error, 0, faultId),
                more: Volatile.Read(ref _inFlight) > 1);
        }

        if (outcome.Error == GameError.SessionReplaced)
            Close(GoodbyeReason.Replaced, "Another connection has taken over, or the session is over.");
        if (_closeAfterAnswer is { } close)
            Close(close.Reason, close.Detail);
    }

    private async Task Run(Route route, uint id, object request)
    {
        var (outcome, faultId) = await _dispatcher.Execute(this, route, id, request);
        if (outcome is not null)
            await Answer(route, id, outcome, faultId);
        Complete(route);
    }

    private void Complete(Route route)
    {
        while (true)
        {
            PendingRequest next;
            lock (_gate)
            {
                if (route is not null)
                {
                    _inFlight--;
                    if (route.Ordered)
                        End(route);
                    route = null!;
                }

                if (_waiting is null || !_waiting.TryPeek(out next) || !TryBeginNext(next.Route))
                    return;
                _waiting.Dequeue();
            }

            _ = Run(next.Route, next.Id, next.Request);
        }
    }

    private bool TryBegin(Route route) => _waiting is not { Count: > 0 } && TryBeginNext(route);

    private bool TryBeginNext(Route route)
    {
        if (_writing || (route.Effect == Effect.Write && _reading > 0))
            return false;
        if (route.Effect == Effect.Write)
            _writing = true;
        else
            _reading++;
        return true;
    }

    private void End(Route route)
    {
        if (route.Effect == Effect.Write)
            _writing = false;
        else
            _reading--;
    }

    private readonly record struct PendingRequest(Route Route, uint Id, object Request);
}
