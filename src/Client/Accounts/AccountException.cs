namespace GameBackend.Client.Accounts;

/// <summary>The accounts' side has refused a request.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">Why, for programs, such as <c>name_taken</c>. Empty if the answer named none.</param>
/// <param name="retryAfter">When another try is allowed, if the answer says so.</param>
public sealed class AccountException(int status, string code, string message, TimeSpan? retryAfter)
    : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What to solve before an account is made, with the code <c>proof_required</c>.</summary>
    public string? Challenge { get; init; }

    /// <summary>With a challenge: the secret that the server has made for a device without one.</summary>
    public string? DeviceId { get; init; }

    /// <summary>
    /// Whether a try at another time or gateway may go better: the server, not the request, is at fault.
    /// </summary>
    public bool IsTransient => Status >= 500 || Status == 429;
}
