namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Checks the proof of an identity that someone else vouches for: a platform, a publisher's login. A studio adds its
/// own with <c>services.AddSingleton&lt;IExternalIdentityVerifier, SteamTicketVerifier&gt;()</c> beside
/// <c>AddAccounts</c>; clients then log in with <c>{"provider":"steam","token":"…"}</c>. One verifier a provider,
/// called concurrently.
/// </summary>
public interface IExternalIdentityVerifier
{
    /// <summary>1 to 32 of a-z, 0-9 and -. Part of what an account is stored under: it never changes.</summary>
    string Provider { get; }

    /// <summary>
    /// Who the token stands for, in the provider's terms and for ever the same (1 to 128 characters), or null if the
    /// token does not hold. Throws if that cannot be found out now; the client is then told to try again.
    /// </summary>
    Task<string?> Verify(string token, CancellationToken cancellationToken);
}
