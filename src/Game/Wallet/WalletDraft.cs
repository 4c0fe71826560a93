namespace GameBackend.Game;

/// <summary>Balances in a draft. A balance changes with an entry of the ledger, or not at all.</summary>
internal sealed class WalletDraft(PlayerState state, Catalogue catalogue, LedgerDraft ledger)
{
    private readonly SortedDictionary<string, long> _changed = new(StringComparer.Ordinal);

    public long BalanceOf(string currency) =>
        _changed.TryGetValue(currency, out var amount) ? amount : Saved(currency)?.Amount ?? 0;

    /// <returns>INSUFFICIENT_FUNDS, BALANCE_LIMIT, or INVALID_ARGUMENT for nothing or an unknown currency.</returns>
    /// <exception cref="InvalidOperationException">The act has been booked before.</exception>
    public GameError Book(string currency, long amount, string reason)
    {
        if (amount == 0 || !catalogue.Currencies.TryGetValue(currency, out var definition))
            return GameError.InvalidArgument;
        var after = (Int128)BalanceOf(currency) + amount;
        if (amount < 0 && after < 0) return GameError.InsufficientFunds;
        if (amount > 0 && after > definition.Limit) return GameError.BalanceLimit;
        _changed[currency] = (long)after;
        ledger.Add(new LedgerEntry { Currency = currency, Amount = amount, BalanceAfter = (long)after }, reason);
        return GameError.Ok;
    }

    public void Commit(PlayerChanged change)
    {
        foreach (var (currency, amount) in _changed)
        {
            if (Saved(currency)?.Amount == amount) continue;
            Save(new Balance { Currency = currency, Amount = amount });
            change.Wallet.Add(new Balance { Currency = currency, Amount = amount });
        }
    }

    private Balance? Saved(string currency)
    {
        foreach (var balance in state.Wallet)
        {
            if (balance.Currency == currency) return balance;
        }

        return null;
    }

    private void Save(Balance balance)
    {
        var at = 0;
        while (at < state.Wallet.Count && string.CompareOrdinal(state.Wallet[at].Currency, balance.Currency) < 0) at++;
        if (at < state.Wallet.Count && state.Wallet[at].Currency == balance.Currency) state.Wallet[at] = balance;
        else state.Wallet.Insert(at, balance);
    }
}
