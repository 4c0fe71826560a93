namespace GameBackend.Grains.Interfaces;

/// <summary>The player's letters. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerLetters")]
public interface IPlayerLetters : IGrainWithIntegerKey
{
    /// <param name="value">What to attach: an encoded <see cref="Value"/>, empty for nothing.</param>
    [Alias("SendLetter")]
    Task<Outcome> SendLetter(Caller caller, long to, string subject, string text, [Immutable] byte[] value);

    [Alias("ListLetters")]
    Task<Outcome> ListLetters(Caller caller, ulong beforeId, uint count);

    [Alias("ReadLetter")]
    Task<Outcome> ReadLetter(Caller caller, ulong id);

    [Alias("ClaimLetter")]
    Task<Outcome> ClaimLetter(Caller caller, ulong id);

    [Alias("ClaimAllLetters")]
    Task<Outcome> ClaimAllLetters(Caller caller);

    [Alias("DeleteLetter")]
    Task<Outcome> DeleteLetter(Caller caller, ulong id);

    [Alias("DeleteReadLetters")]
    Task<Outcome> DeleteReadLetters(Caller caller);
}
