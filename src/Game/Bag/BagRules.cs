namespace GameBackend.Game;

/// <summary>What a player does with the bag.</summary>
public static class BagRules
{
    /// <summary>Moves a stack onto an empty slot, onto a stack of the same (fills it up), or swaps two.</summary>
    /// <returns>
    /// INVALID_ARGUMENT, SLOT_INVALID, SLOT_EMPTY; STACK_LIMIT if the other stack is full; or the change.
    /// </returns>
    public static Decision Move(PlayerState state, Catalogue catalogue, Act act, uint from, uint to) =>
        PlayerDraft.Change(state, catalogue, act, "bag.move", draft => Move(draft.Bag, from, to));

    /// <summary>Takes part of a stack into an empty slot.</summary>
    /// <returns>
    /// INVALID_ARGUMENT, SLOT_EMPTY; SLOT_INVALID also if the other slot holds something; NOT_ENOUGH_ITEMS if nothing
    /// would stay behind; STACK_LIMIT; or the change.
    /// </returns>
    public static Decision Split(PlayerState state, Catalogue catalogue, Act act, uint from, uint to, uint count) =>
        PlayerDraft.Change(state, catalogue, act, "bag.split", draft => Split(draft.Bag, from, to, count));

    /// <summary>
    /// Uses items. Items that do nothing but give experience are used up only as far as they help; at the last level
    /// they are not usable.
    /// </summary>
    /// <returns>
    /// INVALID_ARGUMENT, SLOT_INVALID, SLOT_EMPTY, ITEM_UNKNOWN, NOT_ENOUGH_ITEMS, LEVEL_TOO_LOW; ITEM_NOT_USABLE
    /// also if the bag would grow beyond its limit; BALANCE_LIMIT, BAG_FULL, PET_LIMIT; or the change.
    /// </returns>
    public static Decision Use(PlayerState state, Catalogue catalogue, Act act, uint slot, uint count) =>
        PlayerDraft.Change(state, catalogue, act, "item.use", draft => Use(draft, slot, count));

    /// <returns>
    /// INVALID_ARGUMENT, SLOT_INVALID, SLOT_EMPTY, ITEM_UNKNOWN, ITEM_NOT_SELLABLE, NOT_ENOUGH_ITEMS, BALANCE_LIMIT,
    /// or the change.
    /// </returns>
    public static Decision Sell(PlayerState state, Catalogue catalogue, Act act, uint slot, uint count) =>
        PlayerDraft.Change(state, catalogue, act, "item.sell", draft => Sell(draft, slot, count));

    private static GameError Move(BagDraft bag, uint from, uint to)
    {
        if (from == to) return GameError.InvalidArgument;
        var error = bag.Find(from, out var moved);
        if (error != GameError.Ok) return error;
        if (!bag.Has(to)) return GameError.SlotInvalid;

        if (bag[to] is { } there && there.Item == moved.Item && there.Bound == moved.Bound)
        {
            var added = Math.Min(moved.Count, bag.Room(there));
            if (added == 0) return GameError.StackLimit;
            bag.Put(from, moved.Item, moved.Count - added, moved.Bound);
            bag.Put(to, moved.Item, there.Count + added, moved.Bound);
            return GameError.Ok;
        }

        var swapped = bag[to];
        bag.Put(to, moved.Item, moved.Count, moved.Bound);
        bag.Put(from, swapped?.Item ?? "", swapped?.Count ?? 0, swapped?.Bound ?? false);
        return GameError.Ok;
    }

    private static GameError Split(BagDraft bag, uint from, uint to, uint count)
    {
        if (count == 0 || from == to) return GameError.InvalidArgument;
        var error = bag.Find(from, out var held);
        if (error != GameError.Ok) return error;
        if (!bag.Has(to) || bag[to] is not null) return GameError.SlotInvalid;
        if (count >= held.Count) return GameError.NotEnoughItems;
        if (count > bag.StackLimit(held.Item)) return GameError.StackLimit;
        bag.Put(from, held.Item, held.Count - count, held.Bound);
        bag.Put(to, held.Item, count, held.Bound);
        return GameError.Ok;
    }

    private static GameError Use(PlayerDraft draft, uint slot, uint count)
    {
        var error = Find(draft, slot, count, out var item);
        if (error != GameError.Ok) return error;
        if (item.Use is not { } use) return GameError.ItemNotUsable;
        if (draft.Progress.Level < item.Level) return GameError.LevelTooLow;
        if (count > draft.Bag[slot]!.Count) return GameError.NotEnoughItems;

        if (use.OnlyExperience)
        {
            if (draft.Progress.AtLastLevel) return GameError.ItemNotUsable;
            count = draft.Progress.Useful(count, use.Gains.Experience);
        }

        // The items leave first, so that what comes out of them may take their slot.
        error = draft.Bag.Take(slot, count);
        if (error != GameError.Ok) return error;
        var slots = Amounts.Times(use.BagSlots, count);
        if (slots > 0 && (ulong)draft.Bag.Capacity + slots > draft.Catalogue.Player.BagCapacityLimit)
            return GameError.ItemNotUsable;
        draft.Bag.Grow(slots);
        return draft.Gain(use.Gains, count, "item.use");
    }

    private static GameError Sell(PlayerDraft draft, uint slot, uint count)
    {
        var error = Find(draft, slot, count, out var item);
        if (error != GameError.Ok) return error;
        if (item.Sell is not { } price) return GameError.ItemNotSellable;
        error = draft.Bag.Take(slot, count);
        return error == GameError.Ok
            ? draft.Wallet.Book(price.Currency, Amounts.Times(price.Amount, count), "item.sell")
            : error;
    }

    private static GameError Find(PlayerDraft draft, uint slot, uint count, out ItemDefinition item)
    {
        item = null!;
        if (count == 0) return GameError.InvalidArgument;
        var error = draft.Bag.Find(slot, out var held);
        if (error != GameError.Ok) return error;
        return draft.Catalogue.Items.TryGetValue(held.Item, out item!) ? GameError.Ok : GameError.ItemUnknown;
    }
}
