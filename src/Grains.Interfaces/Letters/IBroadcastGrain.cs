namespace GameBackend.Grains.Interfaces;

/// <summary>
/// The operators' letters to all. One grain, keyed 0; players pick the letters up, and nothing is written for those who
/// do not come. A leaf.
/// </summary>
[Alias("gb.Broadcasts")]
public interface IBroadcastGrain : IGrainWithIntegerKey
{
    /// <summary>Sends a letter to all players that exist now.</summary>
    /// <param name="key">The operator's own name for it: sent again under the same, it is the same letter.</param>
    /// <param name="gift">An encoded <see cref="Value"/>, minted for each that claims it.</param>
    /// <returns>OK, TEXT_TOO_LONG, INVALID_ARGUMENT, ITEM_UNKNOWN, or LETTER_BOX_FULL if too many wait.</returns>
    [Alias("Send")]
    Task<GameError> Send(string key, string subject, string text, [Immutable] byte[] gift, DateTimeOffset expires);

    /// <summary>The number of the newest letter; 0 if there was none.</summary>
    [Alias("Head"), AlwaysInterleave]
    Task<ulong> Head();

    /// <summary>The letters with larger numbers that have not expired: an encoded record of broadcasts.</summary>
    [Alias("After"), AlwaysInterleave]
    Task<byte[]> After(ulong number);
}

/// <summary>
/// Remembers on each silo, for a few seconds, how many letters to all there are, so that every player's heartbeat can
/// ask. Keyed 0.
/// </summary>
[Alias("gb.BroadcastWatch")]
public interface IBroadcastWatchGrain : IGrainWithIntegerKey
{
    [Alias("Head"), AlwaysInterleave]
    Task<ulong> Head();
}
