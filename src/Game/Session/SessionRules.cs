namespace GameBackend.Game;

/// <summary>
/// A player's session: at most one, with at most one connection. Each connection has a larger epoch than all before
/// it, and only the largest counts.
/// </summary>
public static class SessionRules
{
    /// <summary>
    /// Begins a new session with a connection. An older session is over, without being counted as lost.
    /// </summary>
    public static void Login(PlayerRecord record, ulong sessionId, string lane, string gateway, long nowMs)
    {
        var session = record.Session ??= new SessionState();
        session.SessionId = sessionId;
        session.Live = true;
        record.Answered.Clear();
        record.AnswersDroppedThrough = 0;
        Connect(session, lane, gateway, nowMs);
    }

    /// <summary>Whether a log-in is an earlier try of the client whose later one has begun this session.</summary>
    /// <param name="loginId">0 for a client that does not say.</param>
    public static bool IsOutrun(PlayerRecord record, ulong loginId, uint attempt) =>
        loginId != 0 && record.Session is { } session && session.LoginId == loginId && attempt < session.LoginAttempt;

    /// <summary>Goes on with a session by a new connection.</summary>
    /// <returns>False if that session is over.</returns>
    public static bool Resume(
        PlayerRecord record, ulong sessionId, string lane, string gateway, long nowMs, TimeSpan resumeWindow)
    {
        var session = record.Session;
        if (session is not { Live: true } || session.SessionId != sessionId || IsOver(session, nowMs, resumeWindow))
            return false;
        Connect(session, lane, gateway, nowMs);
        return true;
    }

    /// <summary>The connection is gone; the resume window opens.</summary>
    /// <returns>False if that is old news: a newer connection lives, or the session is over.</returns>
    public static bool Detach(PlayerRecord record, ulong epoch, long atMs)
    {
        if (!IsCurrent(record, epoch) || record.Session.DetachedAtMs != 0)
            return false;
        record.Session.DetachedAtMs = atMs;
        return true;
    }

    /// <summary>Whether the resume window has closed.</summary>
    public static bool IsOver(SessionState session, long nowMs, TimeSpan resumeWindow) =>
        session.DetachedAtMs != 0 && nowMs - session.DetachedAtMs >= (long)resumeWindow.TotalMilliseconds;

    /// <summary>Ends the session and fences its connection. Happens once a session.</summary>
    /// <returns>False if there is none.</returns>
    public static bool End(PlayerRecord record, long nowMs)
    {
        if (record.Session is not { Live: true } session)
            return false;
        session.Live = false;
        session.Epoch++;
        session.EndedAtMs = nowMs;
        session.Lost++;
        record.Answered.Clear();
        return true;
    }

    /// <summary>Whether a connection of this epoch is the one that counts.</summary>
    public static bool IsCurrent(PlayerRecord record, ulong epoch) =>
        record.Session is { Live: true } session && session.Epoch == epoch;

    private static void Connect(SessionState session, string lane, string gateway, long nowMs)
    {
        session.Epoch++;
        session.Lane = lane;
        session.Gateway = gateway;
        session.AttachedAtMs = nowMs;
        session.DetachedAtMs = 0;
    }
}
