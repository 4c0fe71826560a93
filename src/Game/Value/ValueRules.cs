namespace GameBackend.Game;

/// <summary>Value leaves a player or comes to one: all of it or nothing, as one change.</summary>
public static class ValueRules
{
    /// <summary>The most entries of each kind that one value may have.</summary>
    public const int MaxEntries = 16;

    /// <summary>
    /// Why a value makes no sense for a player to hand over: it is empty, has too much in it, twice the same, an
    /// amount of nothing or less, or something bound.
    /// </summary>
    public static GameError Validate(Value value)
    {
        var entries = value.Currencies.Count + value.Items.Count + value.Pets.Count;
        var sound = entries > 0
            && value.Currencies.Count <= MaxEntries && value.Items.Count <= MaxEntries && value.Pets.Count <= MaxEntries
            && value.Currencies.All(balance => balance.Amount > 0)
            && value.Items.All(item => item is { Count: > 0, Bound: false })
            && value.Currencies.Select(balance => balance.Currency).Distinct().Count() == value.Currencies.Count
            && value.Items.Select(item => item.Item).Distinct().Count() == value.Items.Count
            && value.Pets.Select(pet => pet.Id).Distinct().Count() == value.Pets.Count;
        return sound ? GameError.Ok : GameError.InvalidArgument;
    }

    /// <summary>
    /// Why an operator's gift could never be claimed, by a player with a starting bag: INVALID_ARGUMENT or
    /// ITEM_UNKNOWN. Gifts may be bound.
    /// </summary>
    public static GameError ValidateGift(Catalogue catalogue, Value value)
    {
        if (IsEmpty(value)) return GameError.Ok;
        if (value.Items.Any(item => !catalogue.Items.ContainsKey(item.Item))) return GameError.ItemUnknown;
        var sound = value.Currencies.Count + value.Items.Count + value.Pets.Count <= MaxEntries
            && value.Currencies.All(b => b.Amount > 0 && catalogue.Currencies.ContainsKey(b.Currency))
            && value.Items.All(item => item.Count > 0)
            && value.Pets.All(pet => catalogue.Pets.TryGetValue(pet.Kind, out var kind)
                && pet.Level >= 1 && pet.Level <= kind.Curve.LastLevel)
            && ValueSize.Fits(catalogue, value);
        return sound ? GameError.Ok : GameError.InvalidArgument;
    }

    public static bool IsEmpty(Value value) =>
        value.Currencies.Count == 0 && value.Items.Count == 0 && value.Pets.Count == 0;

    /// <summary>Takes value out of a player's hands.</summary>
    /// <param name="taken">What was taken, the pets whole.</param>
    /// <param name="reason">Stands in the ledger and as the cause of the change.</param>
    /// <returns>INVALID_ARGUMENT, INSUFFICIENT_FUNDS, NOT_ENOUGH_ITEMS, PET_NOT_FOUND, or the change.</returns>
    public static Decision Take(
        PlayerState state, Catalogue catalogue, Act act, Value value, string reason, out Value taken)
    {
        var whole = value.Clone();
        taken = whole;
        return PlayerDraft.Change(state, catalogue, act, reason, draft =>
        {
            foreach (var balance in value.Currencies)
            {
                if (balance.Amount <= 0) return GameError.InvalidArgument;
                var error = draft.Wallet.Book(balance.Currency, -balance.Amount, reason);
                if (error != GameError.Ok) return error;
            }

            foreach (var item in value.Items)
            {
                var error = draft.Bag.Remove(item.Item, item.Count, unboundOnly: true);
                if (error != GameError.Ok) return error;
            }

            for (var i = 0; i < value.Pets.Count; i++)
            {
                if (draft.Pets.Find(value.Pets[i].Id) is not { } pet) return GameError.PetNotFound;
                whole.Pets[i] = pet.Clone();
                draft.Pets.Remove(pet.Id);
            }

            return GameError.Ok;
        });
    }

    /// <summary>Puts value into a player's hands.</summary>
    /// <param name="reason">Stands in the ledger and as the cause of the change.</param>
    /// <returns>BALANCE_LIMIT, BAG_FULL, PET_LIMIT, ITEM_UNKNOWN, INVALID_ARGUMENT, or the change.</returns>
    public static Decision Give(PlayerState state, Catalogue catalogue, Act act, Value value, string reason) =>
        PlayerDraft.Change(state, catalogue, act, reason, draft =>
        {
            foreach (var balance in value.Currencies)
            {
                if (balance.Amount <= 0) return GameError.InvalidArgument;
                var error = draft.Wallet.Book(balance.Currency, balance.Amount, reason);
                if (error != GameError.Ok) return error;
            }

            foreach (var item in value.Items)
            {
                if (!catalogue.Items.TryGetValue(item.Item, out var definition)) return GameError.ItemUnknown;
                var error = draft.Bag.Add(definition, item.Count, item.Bound);
                if (error != GameError.Ok) return error;
            }

            foreach (var pet in value.Pets)
            {
                var error = draft.Pets.Add(pet);
                if (error != GameError.Ok) return error;
            }

            return GameError.Ok;
        });

    /// <summary>Puts as much of a value into a player's hands as there is room for.</summary>
    /// <param name="rest">What did not fit; empty if all did.</param>
    /// <returns>PLAYER_MISSING, or the change.</returns>
    public static Decision GiveWhatFits(
        PlayerState state, Catalogue catalogue, Act act, Value value, string reason, out Value rest)
    {
        var left = new Value();
        rest = left;
        return PlayerDraft.Change(state, catalogue, act, reason, draft =>
        {
            foreach (var balance in value.Currencies)
            {
                if (draft.Wallet.Book(balance.Currency, balance.Amount, reason) != GameError.Ok)
                    left.Currencies.Add(balance.Clone());
            }

            foreach (var item in value.Items)
            {
                var fitted = catalogue.Items.TryGetValue(item.Item, out var definition)
                    ? draft.Bag.AddUpTo(definition, item.Count, item.Bound)
                    : 0;
                if (fitted < item.Count) left.Items.Add(new ItemStack(item) { Count = item.Count - fitted });
            }

            foreach (var pet in value.Pets)
            {
                if (draft.Pets.Add(pet) != GameError.Ok) left.Pets.Add(pet.Clone());
            }

            return GameError.Ok;
        });
    }

    /// <summary>Whether a player has a value to give away, and what it is in full.</summary>
    /// <param name="whole">With the pets whole.</param>
    /// <returns>As <see cref="Take"/>; ITEM_BOUND if there would be enough of an item if it were not bound.</returns>
    public static GameError Check(PlayerState state, Catalogue catalogue, Value value, out Value whole)
    {
        whole = value;
        var error = Validate(value);
        if (error != GameError.Ok) return error;
        error = Take(state.Clone(), catalogue, new Act("check", 0), value, "check", out whole).Error;
        if (error != GameError.NotEnoughItems) return error;
        return value.Items.All(item =>
            state.Slots.Where(slot => slot.Item == item.Item).Sum(s => s.Count) >= item.Count)
            ? GameError.ItemBound
            : error;
    }
}
