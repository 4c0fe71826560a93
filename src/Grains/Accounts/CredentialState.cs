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

    /// <summary>Wrong passwords of clients that the name does not know, until such a one has the right one.</summary>
    [Id(3)]
    public int Failures { get; init; }

    /// <summary>Until then clients that the name does not know are refused.</summary>
    [Id(4)]
    public DateTimeOffset LockedUntil { get; init; }

    /// <summary>Clients with wrong passwords since their last right one, the latest first.</summary>
    [Id(5)]
    public FailedClient[] Clients { get; init; } = [];

    /// <summary>Addresses and devices from which a right password has come, hashed; the latest first.</summary>
    [Id(6)]
    public string[] Known { get; init; } = [];

    /// <summary>When <see cref="Failures"/> was counted last.</summary>
    [Id(7)]
    public DateTimeOffset FailedAt { get; init; }
}

/// <param name="Client">Its address or device, hashed.</param>
[GenerateSerializer, Immutable, Alias("gb.FailedClient")]
public sealed record FailedClient(
    [property: Id(0)] string Client, [property: Id(1)] int Failures, [property: Id(2)] DateTimeOffset LockedUntil);
