namespace GameBackend.Game;

/// <summary>The bag in a draft. Stacks are replaced, never changed in place.</summary>
internal sealed class BagDraft
{
    private readonly PlayerState _state;
    private readonly Catalogue _catalogue;
    private readonly BagSlot?[] _before;
    private BagSlot?[] _slots;

    public BagDraft(PlayerState state, Catalogue catalogue)
    {
        _state = state;
        _catalogue = catalogue;
        _before = new BagSlot?[state.BagCapacity];
        foreach (var slot in state.Slots) _before[slot.Slot] = slot;
        _slots = [.. _before];
    }

    public uint Capacity => (uint)_slots.Length;

    public bool Has(uint slot) => slot < Capacity;

    /// <summary>What the slot holds; null if it is empty or not there.</summary>
    public BagSlot? this[uint slot] => Has(slot) ? _slots[slot] : null;

    /// <summary>
    /// How many of an item fit into one slot. What the catalogue does not know any more does not stack.
    /// </summary>
    public uint StackLimit(string item) => _catalogue.Items.TryGetValue(item, out var found) ? found.StackLimit : 1;

    /// <returns>SLOT_INVALID or SLOT_EMPTY.</returns>
    public GameError Find(uint slot, out BagSlot held)
    {
        held = this[slot]!;
        if (!Has(slot)) return GameError.SlotInvalid;
        return held is null ? GameError.SlotEmpty : GameError.Ok;
    }

    /// <summary>Takes some of a stack out of the bag.</summary>
    /// <returns>INVALID_ARGUMENT, SLOT_INVALID, SLOT_EMPTY or NOT_ENOUGH_ITEMS.</returns>
    public GameError Take(uint slot, uint count)
    {
        if (count == 0) return GameError.InvalidArgument;
        var error = Find(slot, out var held);
        if (error != GameError.Ok) return error;
        if (count > held.Count) return GameError.NotEnoughItems;
        Put(slot, held.Item, held.Count - count, held.Bound);
        return GameError.Ok;
    }

    /// <summary>Takes items out of whichever stacks hold them, the last ones first.</summary>
    /// <param name="unboundOnly">Leaves bound items where they are, as a trade must.</param>
    /// <returns>INVALID_ARGUMENT or NOT_ENOUGH_ITEMS.</returns>
    public GameError Remove(string item, uint count, bool unboundOnly = false)
    {
        if (count == 0) return GameError.InvalidArgument;
        for (var slot = Capacity; slot-- > 0 && count > 0;)
        {
            if (_slots[slot] is not { } held || held.Item != item || (held.Bound && unboundOnly)) continue;
            var taken = Math.Min(count, held.Count);
            Put(slot, item, held.Count - taken, held.Bound);
            count -= taken;
        }

        return count == 0 ? GameError.Ok : GameError.NotEnoughItems;
    }

    /// <summary>Adds items: first onto stacks of the same, then into empty slots.</summary>
    /// <returns>INVALID_ARGUMENT or BAG_FULL.</returns>
    public GameError Add(ItemDefinition item, uint count, bool bound = false)
    {
        if (count == 0) return GameError.InvalidArgument;
        return AddUpTo(item, count, bound) == count ? GameError.Ok : GameError.BagFull;
    }

    /// <summary>Adds as many as there is room for.</summary>
    /// <returns>How many those are.</returns>
    public uint AddUpTo(ItemDefinition item, uint count, bool bound)
    {
        var wanted = count;
        bound |= item.Binding == ItemBinding.Gain;
        for (uint slot = 0; slot < Capacity && count > 0; slot++)
        {
            if (_slots[slot] is not { } held || held.Item != item.Id || held.Bound != bound) continue;
            var added = Math.Min(count, Room(held));
            if (added > 0) Put(slot, held.Item, held.Count + added, bound);
            count -= added;
        }

        for (uint slot = 0; slot < Capacity && count > 0; slot++)
        {
            if (_slots[slot] is not null) continue;
            var added = Math.Min(count, item.StackLimit);
            Put(slot, item.Id, added, bound);
            count -= added;
        }

        return wanted - count;
    }

    /// <summary>Puts one item into an empty slot, also one that the catalogue does not know any more.</summary>
    /// <returns>BAG_FULL.</returns>
    public GameError AddAsIs(string item, bool bound)
    {
        var slot = Array.IndexOf(_slots, null);
        if (slot < 0) return GameError.BagFull;
        Put((uint)slot, item, 1, bound);
        return GameError.Ok;
    }

    /// <summary>How many more fit onto a stack. A stack may be over a limit that was lowered; then none do.</summary>
    public uint Room(BagSlot held)
    {
        var limit = StackLimit(held.Item);
        return limit > held.Count ? limit - held.Count : 0;
    }

    /// <summary>Sets what a slot holds. A count of 0 empties it.</summary>
    public void Put(uint slot, string item, uint count, bool bound) => _slots[slot] = count == 0
        ? null
        : new BagSlot { Slot = slot, Item = item, Count = count, Bound = bound };

    public void Grow(uint slots) => Array.Resize(ref _slots, checked((int)(Capacity + slots)));

    /// <summary>Adds what has come into the bag, less what has gone.</summary>
    public void AddGained(Holdings gained)
    {
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            var before = slot < _before.Length ? _before[slot] : null;
            if (ReferenceEquals(before, _slots[slot])) continue;
            if (before is not null) gained.Add("", before.Item, "", -before.Count);
            if (_slots[slot] is { } held) gained.Add("", held.Item, "", held.Count);
        }
    }

    public void Commit(PlayerChanged change)
    {
        if (Capacity != _state.BagCapacity) change.BagCapacity = _state.BagCapacity = Capacity;
        for (uint slot = 0; slot < Capacity; slot++)
        {
            var before = slot < _before.Length ? _before[slot] : null;
            if (!Equals(before, _slots[slot])) change.Slots.Add(_slots[slot]?.Clone() ?? new BagSlot { Slot = slot });
        }

        if (change.Slots.Count == 0) return;
        _state.Slots.Clear();
        _state.Slots.AddRange(_slots.OfType<BagSlot>());
    }
}
