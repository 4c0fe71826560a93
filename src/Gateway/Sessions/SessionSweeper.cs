using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// Once a second, over all sessions: closes those that do not authenticate or have fallen silent, and lets the player
/// grain know of the others, which also finds pushes that a lane has lost. One timer instead of one a session.
/// </summary>
internal sealed partial class SessionSweeper(
    SessionRegistry registry,
    IOptions<GatewayOptions> options,
    ILogger<SessionSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Checks a session with its player, and closes it if it is over. A failure is left to the next time.
    /// </summary>
    public async Task Check(Session session)
    {
        try
        {
            var result = await session.Check();
            if (!result.Live)
                session.Close(GoodbyeReason.Replaced, "Another connection has taken over, or the session is over.");
        }
        catch (Exception e)
        {
            LogCheckFailed(e, session.PlayerId);
        }
    }

    /// <summary>Checks every session soon, spread over 2 s: something has happened that may have cost pushes.</summary>
    public void CheckAllSoon()
    {
        var due = Environment.TickCount64 - (long)options.Value.HeartbeatEvery.TotalMilliseconds;
        foreach (var session in registry.All)
            session.LastCheckedMs = due + Random.Shared.Next(2000);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Environment.TickCount64;
                foreach (var session in registry.All)
                    Sweep(session, now);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void Sweep(Session session, long now)
    {
        var o = options.Value;
        if (session.State is SessionState.Connected or SessionState.Authenticating)
        {
            if (now - session.ConnectedAtMs > o.AuthenticateWithin.TotalMilliseconds)
                session.Close(
                    GoodbyeReason.AuthenticationTimeout, $"No login within {o.AuthenticateWithin.TotalSeconds} s.");
        }
        else if (session.State == SessionState.Open)
        {
            if (now - session.LastReceivedMs > o.DeadAfter.TotalMilliseconds)
                session.Close(GoodbyeReason.Idle, $"Nothing heard for {o.DeadAfter.TotalSeconds} s.");
            else if (now - session.LastCheckedMs >= o.HeartbeatEvery.TotalMilliseconds)
                _ = Check(session);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Player {PlayerId} did not take the heartbeat")]
    private partial void LogCheckFailed(Exception exception, long playerId);
}
