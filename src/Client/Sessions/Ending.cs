using GameBackend.Protocol;

namespace GameBackend.Client.Sessions;

/// <summary>What to do after a connection, or a try to make one, has ended.</summary>
internal enum NextStep
{
    /// <summary>Connect again, here first.</summary>
    Again,
    /// <summary>Connect again, at another gateway first.</summary>
    Elsewhere,
    /// <summary>As <see cref="Elsewhere"/>, and leave this gateway alone for a while.</summary>
    AvoidHere,
    /// <summary>The session is over: log in for a new one.</summary>
    LogInAgain,
    /// <summary>Get fresh tokens, then connect again.</summary>
    RenewTokens,
    Close,
}

/// <summary>How a connection has ended.</summary>
internal sealed record Ending(NextStep Next, CloseReason Reason = CloseReason.LoginRefused, string Detail = "")
{
    /// <summary>After the server has refused a handshake.</summary>
    public static Ending Of(GameError? refusal) => refusal switch
    {
        null => new(NextStep.Elsewhere, Detail: "The connection has ended before the log-in was answered."),
        GameError.TokenInvalid => new(NextStep.RenewTokens, Detail: "The access token is not valid."),
        GameError.SessionExpired => new(NextStep.LogInAgain),
        GameError.SessionReplaced => new(NextStep.Close, CloseReason.Replaced),
        GameError.Banned => new(NextStep.Close, CloseReason.Banned),
        GameError.Draining => new(NextStep.AvoidHere, Detail: "The gateway is going down or full."),
        _ => new(NextStep.Elsewhere, Detail: $"The log-in was answered with {refusal}."),
    };

    /// <summary>After a connection that was online.</summary>
    public static Ending Of(Goodbye? goodbye) => goodbye?.Reason switch
    {
        GoodbyeReason.Replaced => new(NextStep.Close, CloseReason.Replaced, goodbye.Detail),
        GoodbyeReason.Revoked => new(NextStep.Close, CloseReason.Revoked, goodbye.Detail),
        GoodbyeReason.Kicked => new(NextStep.Close, CloseReason.Kicked, goodbye.Detail),
        GoodbyeReason.Banned => new(NextStep.Close, CloseReason.Banned, goodbye.Detail),
        GoodbyeReason.SessionOver => new(NextStep.LogInAgain),
        GoodbyeReason.Draining => new(NextStep.AvoidHere),
        GoodbyeReason.Full => new(NextStep.AvoidHere),
        _ => new(NextStep.Again),
    };
}
