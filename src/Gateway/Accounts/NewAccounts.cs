namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Whether one more account that nobody vouches for may be made: by the checks that were added, and by the address.
/// </summary>
internal sealed class NewAccounts(AccountRateLimits limits, IEnumerable<INewAccountCheck> checks)
{
    /// <summary>Null if it may be made, and is counted; otherwise why not.</summary>
    /// <param name="identity">What the account will be stored under.</param>
    public async Task<AccountProblem?> Admit(HttpContext http, string identity, string? proof)
    {
        var request = new NewAccountRequest(identity, http.Connection.RemoteIpAddress, proof);
        foreach (var check in checks)
        {
            if (await check.Check(request, http.RequestAborted) is { } challenge)
                return AccountProblem.ProofRequired(challenge);
        }

        using var lease = limits.NewAccounts.AttemptAcquire(http);
        return lease.IsAcquired ? null : AccountRateLimits.Refusal(lease);
    }
}
