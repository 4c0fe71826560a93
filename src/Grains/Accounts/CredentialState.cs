namespace GameBackend.Grains;

/// <summary>What is stored of a credential. Replaced as a whole, never changed in place.</summary>
[GenerateSerializer, Immutable, Alias("gb.CredentialState")]
public sealed record CredentialState
{
    /// <summary>The account; 0 if nobody has this identity.</summary>
    [Id(0)]
    public long PlayerId { get; init; }

    /// <summary>False while the account may not be made yet. Until it is true the identity counts as free.</summary>
    [Id(1)]
    public bool Complete { get; init; }

    [Id(2)]
    public string? PasswordHash { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    [Id(3)]
    public int Failures { get; init; }

    [Id(4)]
    public DateTimeOffset LockedUntil { get; init; }
}
