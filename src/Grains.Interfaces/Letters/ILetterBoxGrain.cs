namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A player's letters. Keyed by player id; takes letters as an <see cref="IValueReceiver"/>. It is asked by its own
/// player's grain, which fences, and never waits for that grain in return: what it owes goes out between requests.
/// </summary>
[Alias("gb.LetterBox")]
public interface ILetterBoxGrain : IGrainWithIntegerKey
{
    /// <summary>A page of letters, after those to all were picked up.</summary>
    [Alias("List")]
    Task<Outcome> List(ulong beforeId, uint count, long playerCreatedAtMs);

    [Alias("Read")]
    Task<Outcome> Read(ulong id);

    /// <param name="key">Tells repetitions of a request apart.</param>
    [Alias("Delete")]
    Task<Outcome> Delete(string key, ulong id);

    [Alias("DeleteRead")]
    Task<Outcome> DeleteRead(string key);

    /// <summary>
    /// Begins the claim of a letter, or goes on with it. Its owner then takes the value, once for the transfer's id,
    /// and settles it. If that does not come, the letter box hands the transfer over by itself.
    /// </summary>
    /// <returns>The transfer, or why there is none.</returns>
    [Alias("BeginClaim")]
    Task<LetterClaim> BeginClaim(ulong id);

    /// <summary>Begins the claims of all letters that one request takes.</summary>
    [Alias("BeginClaims")]
    Task<LetterClaim[]> BeginClaims();

    /// <summary>Says what has become of transfers that went out from here. Repeating it changes nothing.</summary>
    [Alias("Settle")]
    Task Settle([Immutable] SettledTransfer[] transfers);

    /// <summary>Takes in an operator's letter, once for a key, however full the box is.</summary>
    /// <param name="gift">An encoded <see cref="Value"/>, minted when it is claimed.</param>
    /// <returns>OK, TEXT_TOO_LONG, INVALID_ARGUMENT or ITEM_UNKNOWN.</returns>
    [Alias("TakeOperatorLetter")]
    Task<GameError> TakeOperatorLetter(
        string key, string subject, string text, [Immutable] byte[] gift, DateTimeOffset expires);

    /// <summary>Takes in the letters to all that this player has not got yet.</summary>
    /// <returns>The number of the newest that need not be looked at again.</returns>
    [Alias("PickUp")]
    Task<ulong> PickUp(long playerCreatedAtMs);

    /// <summary>Players' value in here: the letters of an encoded <see cref="ReadHoldingsReply"/>.</summary>
    [Alias("Held")]
    Task<byte[]> Held();
}

/// <param name="Error">Why nothing can be claimed, or OK.</param>
[GenerateSerializer, Immutable, Alias("gb.LetterClaim")]
public sealed record LetterClaim(
    [property: Id(0)] GameError Error,
    [property: Id(1)] ulong LetterId,
    [property: Id(2)] ValueTransfer? Transfer = null);

/// <param name="Error">OK if the receiver has taken it; else it has refused it for good.</param>
[GenerateSerializer, Immutable, Alias("gb.SettledTransfer")]
public readonly record struct SettledTransfer([property: Id(0)] string Id, [property: Id(1)] GameError Error);
