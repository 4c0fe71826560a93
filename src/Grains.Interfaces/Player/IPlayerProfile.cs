namespace GameBackend.Grains.Interfaces;

/// <summary>The player's own state and currencies. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerProfile")]
public partial interface IPlayerProfile : IGrainWithIntegerKey
{
    [Alias("Create")]
    Task<Outcome> Create(Caller caller, string name);

    [Alias("Fetch")]
    Task<Outcome> Fetch(Caller caller);

    [Alias("Rename")]
    Task<Outcome> Rename(Caller caller, string name);

    [Alias("SetProfile")]
    Task<Outcome> SetProfile(Caller caller, string avatar, string motto);

    [Alias("ReadLedger")]
    Task<Outcome> ReadLedger(Caller caller, ulong beforeSeq, uint count);

    /// <summary>Everything that is this player's, wherever it lies.</summary>
    [Alias("ReadHoldings")]
    Task<Outcome> ReadHoldings(Caller caller);

    [Alias("Buy")]
    Task<Outcome> Buy(Caller caller, string item, uint count);

    /// <summary>Posts a note into another player's mailbox.</summary>
    [Alias("SendNote")]
    Task<Outcome> SendNote(Caller caller, long to, string text);

    /// <summary>Posts another player's note into this one's mailbox, once for a message id.</summary>
    /// <param name="note">An encoded <see cref="Note"/>.</param>
    /// <returns>OK, PLAYER_NOT_FOUND, FRIEND_BLOCKED or MAILBOX_FULL.</returns>
    [Alias("TakeNote"), AlwaysInterleave]
    Task<GameError> TakeNote(string messageId, [Immutable] byte[] note);

    /// <summary>
    /// What others may see of this player: an encoded <see cref="PublicProfile"/>, or null if there is no such player.
    /// </summary>
    [Alias("GetPublicProfile"), AlwaysInterleave]
    Task<byte[]?> GetPublicProfile();
}
