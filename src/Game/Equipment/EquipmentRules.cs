namespace GameBackend.Game;

/// <summary>Putting equipment on and taking it off.</summary>
public static class EquipmentRules
{
    /// <summary>Puts on the item of a bag slot; what was worn in its place goes into that slot.</summary>
    /// <returns>
    /// SLOT_INVALID, SLOT_EMPTY, ITEM_UNKNOWN, NOT_EQUIPMENT, LEVEL_TOO_LOW, or the change. BAG_FULL only if the slot
    /// holds more than one, which only a lowered stack limit leaves behind.
    /// </returns>
    public static Decision Equip(PlayerState state, Catalogue catalogue, Act act, uint slot) =>
        PlayerDraft.Change(state, catalogue, act, "equipment.equip", draft => Equip(draft, slot));

    /// <summary>Takes off what is worn, into an empty slot of the bag.</summary>
    /// <returns>EQUIPMENT_SLOT_INVALID, EQUIPMENT_SLOT_EMPTY, BAG_FULL, or the change.</returns>
    public static Decision Unequip(PlayerState state, Catalogue catalogue, Act act, EquipmentPlace place) =>
        PlayerDraft.Change(state, catalogue, act, "equipment.unequip", draft =>
        {
            if (place == EquipmentPlace.Unspecified || !Enum.IsDefined(place)) return GameError.EquipmentSlotInvalid;
            if (draft.Equipment.At(place) is not { } worn) return GameError.EquipmentSlotEmpty;
            draft.Equipment.TakeOff(place);
            return draft.Bag.AddAsIs(worn.Item, worn.Bound);
        });

    private static GameError Equip(PlayerDraft draft, uint slot)
    {
        var error = draft.Bag.Find(slot, out var held);
        if (error != GameError.Ok) return error;
        if (!draft.Catalogue.Items.TryGetValue(held.Item, out var item)) return GameError.ItemUnknown;
        if (item.Wear is not { } wear) return GameError.NotEquipment;
        if (draft.Progress.Level < item.Level) return GameError.LevelTooLow;

        var worn = draft.Equipment.At(wear.Place);
        draft.Bag.Put(slot, held.Item, held.Count - 1, held.Bound);
        draft.Equipment.PutOn(wear.Place, held.Item, held.Bound || item.Binding == ItemBinding.Equip);
        if (worn is null) return GameError.Ok;
        if (draft.Bag[slot] is not null) return draft.Bag.AddAsIs(worn.Item, worn.Bound);
        draft.Bag.Put(slot, worn.Item, 1, worn.Bound);
        return GameError.Ok;
    }
}
