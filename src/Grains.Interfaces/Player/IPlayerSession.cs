namespace GameBackend.Grains.Interfaces;

/// <summary>
/// The player's session: which connection is the live one, and where. Part of the player grain, keyed by player id.
/// </summary>
[Alias("gb.PlayerSession")]
public interface IPlayerSession : IGrainWithIntegerKey
{
    /// <summary>Makes a connection the live one, for a login or a resume. Fences every older one.</summary>
    [Alias("Attach")]
    Task<AttachResult> Attach(AttachRequest request);

    /// <summary>The connection lives. Carries the client's acknowledgement.</summary>
    [Alias("Heartbeat")]
    Task<HeartbeatResult> Heartbeat(ulong epoch, ulong ack);

    /// <summary>The connection is gone. The resume window opens, unless a newer epoch lives.</summary>
    [Alias("Detach")]
    Task Detach(ulong epoch, ulong ack);

    /// <summary>The client has left for good: the session ends now.</summary>
    [Alias("Leave")]
    Task Leave(ulong epoch, ulong ack);

    /// <summary>Ends the session and closes the connection, whoever holds it.</summary>
    /// <param name="tokenGeneration">
    /// Sessions that a token of this generation or an older one opened; a newer one is not meant. So a kick that
    /// arrives late cannot hit whoever has logged in again.
    /// </param>
    [Alias("Kick")]
    Task Kick(uint tokenGeneration, GoodbyeReason reason, string detail);

    /// <summary>As <see cref="Kick"/>, if an access token of one of these lines has opened the connection.</summary>
    [Alias("KickLines")]
    Task KickLines(ulong[] tokenLines, GoodbyeReason reason, string detail);

    [Alias("GetPresence"), AlwaysInterleave]
    Task<Presence> GetPresence();

    /// <summary>Comes back with what it was given.</summary>
    [Alias("Echo")]
    ValueTask<Outcome> Echo(Caller caller, [Immutable] byte[] body);

    /// <summary>Echoes that the client sent in one go, answered one by one.</summary>
    [Alias("EchoAll")]
    ValueTask<Outcome[]> EchoAll(Caller caller, [Immutable] byte[][] bodies);
}

/// <summary>What a gateway says when a connection logs in or resumes.</summary>
/// <param name="TokenGeneration">
/// The generation that the access token carries; the account decides whether it is still good.
/// </param>
/// <param name="Lane">The lane on which this connection listens.</param>
/// <param name="Gateway">The gateway's name, for people.</param>
/// <param name="ResumeSessionId">The session to go on with; 0 for a login.</param>
/// <param name="Unanswered">Request ids without an answer, on a resume.</param>
/// <param name="LoginId">Names a client's tries to log in; 0 if it does not.</param>
/// <param name="Attempt">Which of these tries this is.</param>
/// <param name="TokenLine">The line that the access token carries.</param>
[GenerateSerializer, Immutable, Alias("gb.AttachRequest")]
public sealed record AttachRequest(
    [property: Id(0)] uint TokenGeneration,
    [property: Id(1)] string Lane,
    [property: Id(2)] string Gateway,
    [property: Id(3)] ulong ResumeSessionId,
    [property: Id(4)] uint[] Unanswered,
    [property: Id(5)] ulong LoginId = 0,
    [property: Id(6)] uint Attempt = 0,
    [property: Id(7)] ulong TokenLine = 0);

/// <summary>The session that an attach has opened or gone on with.</summary>
/// <param name="Error">Why it was refused: TOKEN_INVALID, BANNED, SESSION_EXPIRED or SESSION_REPLACED.</param>
/// <param name="Answered">Recorded answers of the unanswered requests that took effect.</param>
/// <param name="SendAgain">The other unanswered requests.</param>
/// <param name="LastRequestId">The largest request id of the session that has a recorded answer, or has had one.</param>
[GenerateSerializer, Immutable, Alias("gb.AttachResult")]
public sealed record AttachResult(
    [property: Id(0)] GameError Error,
    [property: Id(1)] ulong SessionId,
    [property: Id(2)] ulong Epoch,
    [property: Id(3)] bool PlayerExists,
    [property: Id(4)] MailboxBounds Mailbox,
    [property: Id(5)] RecordedAnswer[] Answered,
    [property: Id(6)] uint[] SendAgain,
    [property: Id(7)] SessionLimits Limits,
    [property: Id(8)] uint LastRequestId = 0)
{
    public static AttachResult Refused(GameError error) => new(error, 0, 0, false, default, [], [], default);
}

/// <summary>What silos keep, and clients are told.</summary>
/// <param name="ResumeWindow">How long a session without a connection can be resumed.</param>
/// <param name="MaxMailboxBacklog">Unacknowledged pushes that a mailbox keeps.</param>
[GenerateSerializer, Immutable, Alias("gb.SessionLimits")]
public readonly record struct SessionLimits(
    [property: Id(0)] TimeSpan ResumeWindow, [property: Id(1)] int MaxMailboxBacklog);

/// <summary>The answer to a request that took effect, kept for a client that did not get it.</summary>
[GenerateSerializer, Immutable, Alias("gb.RecordedAnswer")]
public sealed record RecordedAnswer(
    [property: Id(0)] uint RequestId,
    [property: Id(1)] uint Op,
    [property: Id(2)] GameError Error,
    [property: Id(3)] byte[] Reply);

/// <param name="Live">False if a newer connection has taken over, or the session is over: close.</param>
[GenerateSerializer, Immutable, Alias("gb.HeartbeatResult")]
public readonly record struct HeartbeatResult([property: Id(0)] bool Live, [property: Id(1)] MailboxBounds Mailbox);

[GenerateSerializer, Alias("gb.PresenceStatus")]
public enum PresenceStatus
{
    /// <summary>No session.</summary>
    Offline = 0,
    /// <summary>A session without a connection, inside its resume window.</summary>
    Away = 1,
    Online = 2,
}

/// <param name="Since">When this status began.</param>
/// <param name="SessionsLost">
/// How many sessions of this player have ended; grows by one each time the account is lost.
/// </param>
[GenerateSerializer, Immutable, Alias("gb.Presence")]
public sealed record Presence(
    [property: Id(0)] PresenceStatus Status,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] ulong SessionsLost,
    [property: Id(3)] ulong Epoch,
    [property: Id(4)] string Gateway);
