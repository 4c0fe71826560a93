namespace GameBackend.Grains.Interfaces;

/// <summary>The player's side of trades. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerTrade")]
public interface IPlayerTrade : IGrainWithIntegerKey
{
    [Alias("OpenTrade")]
    Task<Outcome> OpenTrade(Caller caller, long other);

    [Alias("AcceptTrade")]
    Task<Outcome> AcceptTrade(Caller caller, long trade);

    /// <param name="value">The whole offer: an encoded <see cref="Value"/>, empty for nothing.</param>
    [Alias("OfferInTrade")]
    Task<Outcome> OfferInTrade(Caller caller, long trade, [Immutable] byte[] value);

    [Alias("LockTrade")]
    Task<Outcome> LockTrade(Caller caller, long trade, uint revision);

    [Alias("ConfirmTrade")]
    Task<Outcome> ConfirmTrade(Caller caller, long trade, uint revision);

    [Alias("CancelTrade")]
    Task<Outcome> CancelTrade(Caller caller, long trade);

    /// <param name="trade">0 for the one that the player is in.</param>
    [Alias("GetTrade")]
    Task<Outcome> GetTrade(Caller caller, long trade);
}
