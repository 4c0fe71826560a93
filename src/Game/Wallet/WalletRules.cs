namespace GameBackend.Game;

/// <summary>A player's currencies.</summary>
public static class WalletRules
{
    /// <summary>Adds to a balance, or takes from it, with an entry in the ledger.</summary>
    /// <param name="amount">Negative for spending.</param>
    /// <param name="reason">Stands in the ledger and as the cause of the change.</param>
    /// <returns>INSUFFICIENT_FUNDS, BALANCE_LIMIT, or INVALID_ARGUMENT for nothing or an unknown currency.</returns>
    public static Decision Book(
        PlayerState state, Catalogue catalogue, Act act, string currency, long amount, string reason) =>
        PlayerDraft.Change(state, catalogue, act, reason, draft => draft.Wallet.Book(currency, amount, reason));
}
