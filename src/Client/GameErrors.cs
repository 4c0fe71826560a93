using GameBackend.Protocol;

namespace GameBackend.Client;

/// <summary>The server has refused a request, or failed at it. It took no effect.</summary>
/// <param name="operation">The request, such as <c>BagService.Move</c>.</param>
/// <param name="faultId">With <see cref="GameError.Internal"/>: the id under which the server logged the fault.</param>
/// <param name="retryAfterMs">See <see cref="RetryAfter"/>.</param>
public sealed class GameErrorException(GameError error, string operation, ulong faultId = 0, uint retryAfterMs = 0)
    : Exception(faultId == 0 ? $"{operation}: {error}." : $"{operation}: {error}, fault {faultId:x16}.")
{
    public GameError Error { get; } = error;

    public ulong FaultId { get; } = faultId;

    /// <summary>With an error that time heals, such as a penalty: when it is over. Else zero.</summary>
    public TimeSpan RetryAfter { get; } = TimeSpan.FromMilliseconds(retryAfterMs);
}

/// <summary>
/// A request that changes state was sent, and whether it took effect cannot be told: its session was lost, its time ran
/// out, or the server no longer knows. Fetch the state to see.
/// </summary>
public sealed class OutcomeUnknownException(string operation, string why)
    : Exception($"{operation}: whether it took effect is not known, since {why}.");

/// <summary>The client is closed for good.</summary>
public sealed class ClientClosedException(CloseReason reason, string detail)
    : Exception(detail.Length > 0 ? $"The client is closed: {reason}, {detail}" : $"The client is closed: {reason}.")
{
    public CloseReason Reason { get; } = reason;
}

/// <summary>Why a client is closed for good.</summary>
public enum CloseReason
{
    /// <summary>The app has called <see cref="GameClient.Leave"/>.</summary>
    Left,
    /// <summary>The app has disposed the client.</summary>
    Disposed,
    /// <summary>The same player has connected elsewhere.</summary>
    Replaced,
    /// <summary>The tokens were revoked: log-out or password change. Log in at the accounts' side again.</summary>
    Revoked,
    /// <summary>An operator has ended the session.</summary>
    Kicked,
    Banned,
    /// <summary>The gateway does not take the tokens, and no fresh ones can be had.</summary>
    LoginRefused,
}

/// <summary>Where a client stands.</summary>
public enum ClientState
{
    /// <summary>No session yet, or it was lost: connecting and logging in.</summary>
    Connecting,
    Online,
    /// <summary>The connection was lost; connecting to go on with the session.</summary>
    Resuming,
    /// <summary>Closed for good.</summary>
    Closed,
}
