namespace GameBackend.Grains.Interfaces;

/// <summary>An account's tokens and bans. Keyed by player id: an account has one player.</summary>
[Alias("gb.Account")]
public interface IAccountGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Makes the account, if the id is free. True as well if it was made for the same identity before, so that a
    /// registration that was cut can go on; false if the id is another's.
    /// </summary>
    [Alias("Create")]
    Task<bool> Create(string identity);

    /// <summary>
    /// Issues tokens after a proof of identity. Called by the credential that has seen the proof, in the same turn:
    /// then no token can come out of a password that was changed in between.
    /// </summary>
    [Alias("Open")]
    Task<TokenGrant> Open();

    /// <summary>
    /// Trades a refresh secret for a new one. A secret that was traded before ends its whole line.
    /// </summary>
    [Alias("Refresh")]
    Task<TokenGrant> Refresh(string refreshToken);

    /// <summary>What operators see of the account; null if there is none.</summary>
    [Alias("Find"), AlwaysInterleave]
    Task<AccountInfo?> Find();

    /// <summary>Kills every token of the account and closes its connection.</summary>
    [Alias("Revoke")]
    Task Revoke(string why);

    /// <summary>
    /// Bans until <paramref name="until"/> (null: for good), kills every token and closes the connection.
    /// False if there is no such account.
    /// </summary>
    [Alias("Ban")]
    Task<bool> Ban(DateTimeOffset? until, string why);

    /// <summary>Ends a ban. Tokens from before it stay dead. False if there is no such account.</summary>
    [Alias("Unban")]
    Task<bool> Unban();

    /// <summary>Whether an access token may open a session now: OK, TOKEN_INVALID or BANNED.</summary>
    /// <param name="line">The log-in that the token comes from; the token dies with it.</param>
    [Alias("Check"), AlwaysInterleave]
    Task<GameError> Check(uint generation, ulong line);
}

/// <param name="BannedUntil">While it is banned: until when; <see cref="DateTimeOffset.MaxValue"/> for good.</param>
[GenerateSerializer, Immutable, Alias("gb.AccountInfo")]
public sealed record AccountInfo([property: Id(0)] DateTimeOffset? BannedUntil);

/// <param name="Error">
/// OK, TOKEN_INVALID or BANNED; UNAVAILABLE while the connection of an earlier generation could not be closed yet.
/// </param>
/// <param name="Generation">What the access token must carry.</param>
/// <param name="RefreshToken">An opaque secret, good for one use.</param>
/// <param name="BannedUntil">With BANNED: when the ban ends; null if never.</param>
/// <param name="Line">The log-in that the tokens belong to; the access token must carry it.</param>
[GenerateSerializer, Immutable, Alias("gb.TokenGrant")]
public sealed record TokenGrant(
    [property: Id(0)] GameError Error,
    [property: Id(1)] uint Generation,
    [property: Id(2)] string RefreshToken,
    [property: Id(3)] DateTimeOffset? BannedUntil = null,
    [property: Id(4)] ulong Line = 0)
{
    public static TokenGrant Refused(GameError error, DateTimeOffset? bannedUntil = null) =>
        new(error, 0, "", bannedUntil);

    /// <summary>Without the secret: answers may end up in a log.</summary>
    public override string ToString() => $"{nameof(TokenGrant)} {Error}, generation {Generation}";
}
