namespace GameBackend.Grains.Interfaces;

/// <summary>An account's tokens and bans. Keyed by player id: an account has one player.</summary>
[Alias("gb.Account")]
public interface IAccountGrain : IGrainWithIntegerKey
{
    /// <summary>Makes the account, if the id is free. False if it is taken.</summary>
    [Alias("Create")]
    Task<bool> Create(string identity);

    /// <summary>Issues tokens after a proof of identity. BANNED if the account is.</summary>
    [Alias("Open")]
    Task<TokenGrant> Open();

    /// <summary>Trades a refresh secret for a new one. A secret that was traded before revokes its whole line.</summary>
    [Alias("Refresh")]
    Task<TokenGrant> Refresh(string refreshToken);

    /// <summary>Kills every token of the account and closes its connection.</summary>
    [Alias("Revoke")]
    Task Revoke(string why);

    /// <summary>Bans until <paramref name="until"/> (null: for good), kills every token and closes the connection.</summary>
    [Alias("Ban")]
    Task Ban(DateTimeOffset? until, string why);

    [Alias("Unban")]
    Task Unban();

    /// <summary>Whether a token of this generation may open a session now: OK, TOKEN_INVALID or BANNED.</summary>
    [Alias("Check"), AlwaysInterleave]
    Task<GameError> Check(uint generation);
}

/// <param name="Error">OK, TOKEN_INVALID or BANNED.</param>
/// <param name="Generation">What the access token must carry.</param>
/// <param name="RefreshToken">An opaque secret, good for one use.</param>
[GenerateSerializer, Immutable, Alias("gb.TokenGrant")]
public sealed record TokenGrant(
    [property: Id(0)] GameError Error,
    [property: Id(1)] uint Generation,
    [property: Id(2)] string RefreshToken);
