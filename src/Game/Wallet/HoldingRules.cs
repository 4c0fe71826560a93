namespace GameBackend.Game;

/// <summary>
/// Amounts by what they are of: a currency, an item or a kind of pet. Amounts of nothing are left out.
/// </summary>
public sealed class Holdings
{
    private readonly SortedDictionary<(string Currency, string Item, string Pet), long> _amounts = [];

    public void Add(string currency, string item, string pet, long amount)
    {
        var after = _amounts.GetValueOrDefault((currency, item, pet)) + amount;
        if (after == 0) _amounts.Remove((currency, item, pet));
        else _amounts[(currency, item, pet)] = after;
    }

    public void Add(Value? value)
    {
        if (value is null) return;
        foreach (var balance in value.Currencies) Add(balance.Currency, "", "", balance.Amount);
        foreach (var item in value.Items) Add("", item.Item, "", item.Count);
        foreach (var pet in value.Pets) Add("", "", pet.Kind, 1);
    }

    public IEnumerable<Holding> ToMessages() => _amounts.Select(each => new Holding
    {
        Currency = each.Key.Currency,
        Item = each.Key.Item,
        Pet = each.Key.Pet,
        Amount = each.Value,
    });
}

/// <summary>What a player has, for audits and for the ledger.</summary>
public static class HoldingRules
{
    public static Holdings InHands(PlayerState state)
    {
        var holdings = new Holdings();
        foreach (var balance in state.Wallet) holdings.Add(balance.Currency, "", "", balance.Amount);
        foreach (var slot in state.Slots) holdings.Add("", slot.Item, "", slot.Count);
        foreach (var worn in state.Equipment) holdings.Add("", worn.Item, "", 1);
        foreach (var pet in state.Pets) holdings.Add("", "", pet.Kind, 1);
        return holdings;
    }

    /// <summary>How many of an item there are, in the bag and worn.</summary>
    public static long CountItem(PlayerState state, string item)
    {
        long count = 0;
        foreach (var slot in state.Slots)
        {
            if (slot.Item == item) count += slot.Count;
        }

        foreach (var worn in state.Equipment)
        {
            if (worn.Item == item) count++;
        }

        return count;
    }

    public static long CountPets(PlayerState state, string kind) => state.Pets.Count(pet => pet.Kind == kind);

    /// <summary>Adds entries of the items and pets that a change, not yet in the state, gives or takes.</summary>
    internal static void Book(LedgerDraft ledger, PlayerState before, Holdings gained, string reason)
    {
        foreach (var holding in gained.ToMessages())
        {
            var had = holding.Item.Length > 0 ? CountItem(before, holding.Item) : CountPets(before, holding.Pet);
            var entry = new LedgerEntry
            {
                Item = holding.Item,
                Pet = holding.Pet,
                Amount = holding.Amount,
                BalanceAfter = had + holding.Amount,
            };
            ledger.Add(entry, reason);
        }
    }
}
