namespace GameBackend.Game;

/// <summary>Balances and new ledger entries in a draft. A balance changes with an entry, or not at all.</summary>
internal sealed class WalletDraft(PlayerState state, Catalogue catalogue, Act act)
{
    private readonly SortedDictionary<string, long> _changed = new(StringComparer.Ordinal);
    private readonly List<LedgerEntry> _entries = [];

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
        _entries.Add(new LedgerEntry
        {
            Seq = LedgerRules.NextSeq(state) + (ulong)_entries.Count,
            Currency = currency,
            Amount = amount,
            BalanceAfter = (long)after,
            Reason = reason,
            IdempotencyKey = NewKey(),
            AtMs = act.NowMs,
        });
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

        if (_entries.Count == 0) return;
        state.Ledger.AddRange(_entries);
        state.LedgerNextSeq = _entries[^1].Seq + 1;
    }

    // The first entry of an act has the act's key, further ones count on from it.
    private string NewKey()
    {
        var key = _entries.Count == 0 ? act.Key : $"{act.Key}#{_entries.Count + 1}";
        foreach (var entry in state.Ledger)
        {
            if (entry.IdempotencyKey == key) throw new InvalidOperationException($"'{key}' has been booked before.");
        }

        return key;
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
