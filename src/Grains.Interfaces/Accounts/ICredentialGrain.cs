namespace GameBackend.Grains.Interfaces;

/// <summary>
/// One way to prove who one is. Keyed by kind and identity: <c>name/alice</c>, <c>device/…</c>, <c>external/steam/…</c>.
/// </summary>
[Alias("gb.Credential")]
public interface ICredentialGrain : IGrainWithStringKey
{
    /// <summary>Binds the identity to an account, with a password if its kind has one.</summary>
    [Alias("Register")]
    Task<CredentialResult> Register(string? password);

    /// <summary>Checks the password, or only looks the identity up if its kind has none.</summary>
    [Alias("Verify")]
    Task<CredentialResult> Verify(string? password);

    [Alias("ChangePassword")]
    Task<CredentialResult> ChangePassword(string oldPassword, string newPassword);
}

[GenerateSerializer, Alias("gb.CredentialStatus")]
public enum CredentialStatus
{
    Ok = 0,
    Taken = 1,
    Unknown = 2,
    WrongPassword = 3,
    Locked = 4,
}

/// <param name="RetryAfter">With <see cref="CredentialStatus.Locked"/>: when the next try is allowed.</param>
[GenerateSerializer, Immutable, Alias("gb.CredentialResult")]
public readonly record struct CredentialResult(
    [property: Id(0)] CredentialStatus Status,
    [property: Id(1)] long PlayerId,
    [property: Id(2)] TimeSpan RetryAfter);
