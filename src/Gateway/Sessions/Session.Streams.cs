using System.Diagnostics;
using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// Requests of a streamed route that came off the socket together: they travel in one grain call and are answered one
/// by one. Only the receiving side gathers, so nothing here is locked.
/// </summary>
internal sealed partial class Session
{
    private List<(uint Id, byte[] Body)>? _gathered;
    private StreamedRoute? _gatheredRoute;

    /// <summary>All that has come off the socket has been received; what was gathered is sent on.</summary>
    public void EndBurst()
    {
        if (_gatheredRoute is not { } route)
            return;
        var gathered = _gathered!;
        _gatheredRoute = null;
        if (gathered.Count == 1)
        {
            _ = Run(route, gathered[0].Id, gathered[0].Body);
            gathered.Clear();
        }
        else
        {
            _gathered = null;
            _ = RunAll(route, gathered);
        }
    }

    private void Gather(StreamedRoute route, uint id, byte[] body)
    {
        if (_gatheredRoute is not null && _gatheredRoute != route)
            EndBurst();
        _gatheredRoute = route;
        (_gathered ??= new List<(uint, byte[])>(1)).Add((id, body));
    }

    private async Task RunAll(StreamedRoute route, List<(uint Id, byte[] Body)> requests)
    {
        var started = Stopwatch.GetTimestamp();
        Outcome[] outcomes;
        try
        {
            var bodies = new byte[requests.Count][];
            for (var i = 0; i < bodies.Length; i++)
                bodies[i] = requests[i].Body;
            outcomes = await route.InvokeAll(new Call(this, 0, _dispatcher), bodies);
            if (outcomes.Length != bodies.Length)
                throw new InvalidOperationException($"{outcomes.Length} outcomes for {bodies.Length} requests.");
        }
        catch (Exception)
        {
            // One by one each gets its own second try and its own answer, in what is left of its time.
            foreach (var (id, body) in requests)
                _ = Run(route, id, body, 0, started);
            return;
        }

        for (var i = 0; i < outcomes.Length; i++)
        {
            route.Statistics.Record(started, outcomes[i].Error);
            Answer(route, requests[i].Id, outcomes[i], 0);
            Complete(route);
        }
    }
}
