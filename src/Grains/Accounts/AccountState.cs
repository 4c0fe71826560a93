namespace GameBackend.Grains;

/// <summary>
/// What is stored of an account. Replaced as a whole, never changed in place: a check may read it at any time.
/// </summary>
[GenerateSerializer, Immutable, Alias("gb.AccountState")]
public sealed record AccountState
{
    /// <summary>The key of the credential that the account was made for; empty if there is no account.</summary>
    [Id(0)]
    public string Identity { get; init; } = "";

    /// <summary>Tokens of another generation are dead. Starts at 1 and grows with each revocation.</summary>
    [Id(1)]
    public uint Generation { get; init; }

    /// <summary>Banned until then; <see cref="DateTimeOffset.MaxValue"/> for good, the default if never.</summary>
    [Id(2)]
    public DateTimeOffset BannedUntil { get; init; }

    [Id(3)]
    public RefreshLine[] Lines { get; init; } = [];

    /// <summary>A connection that has to be closed and may be open still.</summary>
    [Id(4)]
    public PendingKick? Kick { get; init; }

    public bool Exists => Identity.Length > 0;

    public bool IsBanned(DateTimeOffset now) => now < BannedUntil;
}

/// <summary>
/// One log-in that is kept alive by trading its secret for the next. Only hashes are stored, so that who reads the
/// storage cannot log in.
/// </summary>
[GenerateSerializer, Immutable, Alias("gb.RefreshLine")]
public sealed record RefreshLine
{
    [Id(0)]
    public ulong Id { get; init; }

    [Id(1)]
    public uint Generation { get; init; }

    /// <summary>SHA-256 of the secret that is good now.</summary>
    [Id(2)]
    public byte[] Current { get; init; } = [];

    /// <summary>SHA-256 of the secret before it; empty if there was none.</summary>
    [Id(3)]
    public byte[] Previous { get; init; } = [];

    /// <summary>The current secret is the HMAC of the previous one under this key.</summary>
    [Id(4)]
    public byte[] Salt { get; init; } = [];

    [Id(5)]
    public DateTimeOffset TradedAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("gb.PendingKick")]
public sealed record PendingKick([property: Id(0)] GoodbyeReason Reason, [property: Id(1)] string Detail)
{
    /// <summary>The lines whose connection is meant; null for any of an earlier generation.</summary>
    [Id(2)]
    public ulong[]? Lines { get; init; }
}
