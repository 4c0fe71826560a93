namespace GameBackend.Grains.Interfaces;

/// <summary>
/// One way to prove who one is. Keyed by kind and identity: <c>name/alice</c>, <c>device/…</c>,
/// <c>external/steam/…</c>. A proof that holds is answered with tokens of the account.
/// </summary>
[Alias("gb.Credential")]
public interface ICredentialGrain : IGrainWithStringKey
{
    /// <summary>
    /// Binds the identity to a new account, with a password if its kind has one. An identity without a password that is
    /// bound already is only opened: the caller has proven it.
    /// </summary>
    [Alias("Register")]
    Task<CredentialResult> Register(string? password, LoginClient client = default);

    /// <summary>Checks the password, or only looks the identity up if its kind has none.</summary>
    [Alias("Verify")]
    Task<CredentialResult> Verify(string? password, LoginClient client = default);

    /// <summary>
    /// Changes the password of <paramref name="playerId"/>, whose identity this must be, and kills every earlier token.
    /// </summary>
    [Alias("ChangePassword")]
    Task<CredentialResult> ChangePassword(
        long playerId, string oldPassword, string newPassword, LoginClient client = default);
}

/// <summary>Who shows a password: by what guesses are counted, and hashing is shared out.</summary>
/// <param name="Address">The client's address, of IPv6 the network of 64 bits; empty if it is not known.</param>
/// <param name="Device">The hash of a secret of the client's device; empty if it has sent none.</param>
[GenerateSerializer, Immutable, Alias("gb.LoginClient")]
public readonly record struct LoginClient([property: Id(0)] string? Address, [property: Id(1)] string? Device);

[GenerateSerializer, Alias("gb.CredentialStatus")]
public enum CredentialStatus
{
    Ok = 0,
    Taken = 1,
    Unknown = 2,
    WrongPassword = 3,
    Locked = 4,
    /// <summary>Too many passwords wait on this silo, of this client or in all. Nothing was done.</summary>
    Busy = 5,
}

/// <param name="RetryAfter">With <see cref="CredentialStatus.Locked"/> and Busy: when the next try is allowed.</param>
/// <param name="Grant">With <see cref="CredentialStatus.Ok"/>: the account's tokens, or why there are none.</param>
[GenerateSerializer, Immutable, Alias("gb.CredentialResult")]
public readonly record struct CredentialResult(
    [property: Id(0)] CredentialStatus Status,
    [property: Id(1)] long PlayerId = 0,
    [property: Id(2)] TimeSpan RetryAfter = default,
    [property: Id(3)] TokenGrant? Grant = null);
