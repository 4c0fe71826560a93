namespace GameBackend.Game;

/// <summary>What comes to a player from outside the bag: battle rewards, attachments of mail.</summary>
public static class GainRules
{
    /// <summary>Gives everything or nothing, as one change.</summary>
    /// <param name="reason">Stands in the ledger and as the cause of the change.</param>
    /// <returns>
    /// BALANCE_LIMIT, BAG_FULL, PET_LIMIT; ITEM_UNKNOWN or INVALID_ARGUMENT for gains that the catalogue does not know.
    /// </returns>
    public static Decision Grant(PlayerState state, Catalogue catalogue, Act act, Gains gains, string reason) =>
        PlayerDraft.Change(state, catalogue, act, reason, draft => draft.Gain(gains, 1, reason));
}
