namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A trade of two players. Keyed by a random id. Players' grains pass their requests on to it; it takes value from them
/// and gives it to them between requests, once both have confirmed.
/// </summary>
/// <remarks>A key tells repetitions of a player's request apart.</remarks>
[Alias("gb.Trade")]
public interface ITradeGrain : IGrainWithIntegerKey
{
    [Alias("Open")]
    Task<Outcome> Open(string key, TradeParty from, TradeParty to);

    [Alias("Accept")]
    Task<Outcome> Accept(string key, long player);

    /// <param name="value">The whole offer: an encoded <see cref="Value"/> with the pets whole.</param>
    [Alias("Offer")]
    Task<Outcome> Offer(string key, long player, [Immutable] byte[] value);

    [Alias("Lock")]
    Task<Outcome> Lock(string key, long player, uint revision);

    [Alias("Confirm")]
    Task<Outcome> Confirm(string key, long player, uint revision);

    [Alias("Cancel")]
    Task<Outcome> Cancel(string key, long player);

    /// <summary>Takes a player's invitation back, unless it was accepted.</summary>
    /// <returns>Whether the trade is over.</returns>
    [Alias("Withdraw")]
    Task<bool> Withdraw(long player);

    /// <summary>A <see cref="TradeView"/>, or TRADE_NOT_FOUND.</summary>
    [Alias("Get")]
    Task<Outcome> Get(long player);

    /// <summary>Whether it still goes on for a player, and what it holds of that player's.</summary>
    [Alias("GetStake")]
    Task<TradeStake> GetStake(long player);

    /// <summary>A player's session is over.</summary>
    [Alias("Lost"), OneWay]
    Task Lost(long player);

    /// <summary>What the trade tells itself between requests: a step of the exchange was answered.</summary>
    [Alias("Settle")]
    Task Settle(string stepId, GameError error, byte[]? taken);

    /// <summary>What the trade tells itself between requests: look at the time.</summary>
    [Alias("LookAtTime")]
    Task LookAtTime();
}

[GenerateSerializer, Immutable, Alias("gb.TradeParty")]
public readonly record struct TradeParty([property: Id(0)] long Player, [property: Id(1)] string Name);

/// <param name="Goes">The trade is neither over nor unknown.</param>
/// <param name="Exchanging">Value is changing hands now.</param>
/// <param name="Held">An encoded <see cref="Value"/>.</param>
[GenerateSerializer, Immutable, Alias("gb.TradeStake")]
public sealed record TradeStake(
    [property: Id(0)] bool Goes, [property: Id(1)] bool Exchanging, [property: Id(2)] byte[] Held);
