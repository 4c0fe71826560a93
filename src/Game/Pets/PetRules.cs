namespace GameBackend.Game;

/// <summary>What a player does with pets.</summary>
public static class PetRules
{
    /// <summary>Feeds a pet with items of a bag slot. It eats no more than it can grow by.</summary>
    /// <returns>
    /// INVALID_ARGUMENT, PET_NOT_FOUND, SLOT_INVALID, SLOT_EMPTY, FOOD_INVALID, NOT_ENOUGH_ITEMS, PET_MAX_LEVEL, or the
    /// change.
    /// </returns>
    public static Decision Feed(
        PlayerState state, Catalogue catalogue, Act act, ulong pet, uint slot, uint count) =>
        PlayerDraft.Change(state, catalogue, act, "pet.feed", draft => Feed(draft, pet, slot, count));

    /// <summary>Makes a pet the active one; 0 puts it away.</summary>
    /// <returns>PET_NOT_FOUND, or the change.</returns>
    public static Decision SetActive(PlayerState state, Catalogue catalogue, Act act, ulong pet) =>
        PlayerDraft.Change(state, catalogue, act, "pet.activate", draft =>
        {
            if (pet != 0 && draft.Pets.Find(pet) is null) return GameError.PetNotFound;
            draft.Pets.Active = pet;
            return GameError.Ok;
        });

    /// <summary>Lets a pet go for good. If it was the active one, none is then.</summary>
    /// <returns>PET_NOT_FOUND, or the change.</returns>
    public static Decision Release(PlayerState state, Catalogue catalogue, Act act, ulong pet) =>
        PlayerDraft.Change(state, catalogue, act, "pet.release", draft =>
        {
            if (draft.Pets.Find(pet) is null) return GameError.PetNotFound;
            draft.Pets.Remove(pet);
            return GameError.Ok;
        });

    private static GameError Feed(PlayerDraft draft, ulong id, uint slot, uint count)
    {
        if (count == 0) return GameError.InvalidArgument;
        if (draft.Pets.Find(id) is not { } pet) return GameError.PetNotFound;
        var error = draft.Bag.Find(slot, out var held);
        if (error != GameError.Ok) return error;

        // A kind that the catalogue does not know any more eats nothing.
        if (!draft.Catalogue.Items.TryGetValue(held.Item, out var item) || item.Food is not { } food
            || !draft.Catalogue.Pets.TryGetValue(pet.Kind, out var kind) || !food.Suits(pet.Kind))
            return GameError.FoodInvalid;
        if (count > held.Count) return GameError.NotEnoughItems;
        if (pet.Level >= kind.Curve.LastLevel) return GameError.PetMaxLevel;

        count = kind.Curve.Useful(count, food.Experience, pet.Level, pet.Experience);
        var (level, experience) = kind.Curve.Advance(
            pet.Level, pet.Experience, Amounts.Times(food.Experience, count));
        draft.Pets.Replace(new Pet(pet) { Level = level, Experience = experience });
        return draft.Bag.Take(slot, count);
    }
}
