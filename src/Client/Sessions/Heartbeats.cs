namespace GameBackend.Client.Sessions;

/// <summary>Keeps a connection alive, and ends it when the server is silent for too long.</summary>
internal static class Heartbeats
{
    /// <summary>Runs until cancelled. Never throws.</summary>
    public static async Task Keep(
        Connection connection, ClientSession session, AccountTokens tokens, CancellationToken cancellation)
    {
        var refreshing = Task.CompletedTask;
        try
        {
            while (true)
            {
                // Twice as often as the server asks, so that one late heartbeat does no harm.
                var limits = session.Limits;
                await Task.Delay(Math.Max(20, (int)limits.HeartbeatEveryMs / 2), cancellation).ConfigureAwait(false);
                var silenceMs = MonotonicClock.NowMs - connection.ReceivedAtMs;
                if (silenceMs > Math.Min(limits.DeadAfterMs, (long)limits.HeartbeatEveryMs + limits.CallTimeoutMs))
                {
                    connection.Abort(new TimeoutException($"The server is silent for {silenceMs} ms."));
                    break;
                }
                session.SendHeartbeat();
                if (refreshing.IsCompleted)
                    refreshing = tokens.KeepFresh(cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended by itself.
        }
        await Task.WhenAny(refreshing).ConfigureAwait(false);
    }
}
