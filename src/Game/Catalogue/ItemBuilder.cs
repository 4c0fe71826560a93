namespace GameBackend.Game;

/// <summary>Checks items: an item has what its kind asks for, and nothing that belongs to another kind.</summary>
internal sealed class ItemBuilder(
    GainsBuilder gains,
    IReadOnlyDictionary<string, PetDefinition> pets,
    PlayerDefinition player,
    CatalogueProblems problems)
{
    public const long StackLimit = 9_999;

    public ItemDefinition Build(string id, ItemEntry entry)
    {
        var owner = $"item '{id}'";
        var kind = problems.Choose<ItemKind>(owner, "kind", entry.Kind);
        var stackLimit = problems.InRange(owner, "stackLimit", entry.StackLimit, 1, StackLimit);
        if (kind == ItemKind.Equipment && stackLimit != 1) problems.Add($"{owner}: equipment does not stack");
        return new ItemDefinition(
            id,
            kind,
            (uint)stackLimit,
            (uint)problems.InRange(owner, "level", entry.Level, 1, player.Curve.LastLevel),
            problems.Choose<ItemBinding>(owner, "binding", entry.Binding),
            entry.Sell is null ? null : gains.BuildMoney(owner, "sell", entry.Sell),
            BuildUse(owner, kind, entry),
            BuildFood(owner, kind, entry),
            BuildWear(owner, kind, entry));
    }

    private ItemUse? BuildUse(string owner, ItemKind kind, ItemEntry entry)
    {
        if (!Belongs(owner, "use", entry.Use, kind, ItemKind.Consumable)) return null;
        var slots = problems.InRange(owner, "bagSlots", entry.Use!.BagSlots, 0, CatalogueBuilder.BagCapacityLimit);
        var use = new ItemUse(gains.Build(owner, entry.Use), (uint)slots);
        if (use.Gains.IsNothing && slots == 0) problems.Add($"{owner}: use does nothing");
        return use;
    }

    private PetFood? BuildFood(string owner, ItemKind kind, ItemEntry entry)
    {
        if (!Belongs(owner, "food", entry.Food, kind, ItemKind.Food)) return null;
        var experience = problems.InRange(
            owner, "food.experience", entry.Food!.Experience, 1, CatalogueBuilder.AmountLimit);
        var kinds = entry.Food.Kinds ?? [];
        return new PetFood(
            (ulong)experience,
            [.. kinds.Select(pet => problems.Resolve(owner, "pet", pet, pets)?.Id ?? "")]);
    }

    private Wear? BuildWear(string owner, ItemKind kind, ItemEntry entry)
    {
        var worn = Belongs(owner, "place", entry.Place, kind, ItemKind.Equipment);
        if (kind != ItemKind.Equipment && entry.Stats is not null)
            problems.Add($"{owner}: stats is for Equipment alone");
        if (!worn) return null;
        var place = problems.Choose<EquipmentPlace>(owner, "place", entry.Place);
        if (place == EquipmentPlace.Unspecified) problems.Add($"{owner}: nothing is worn at '{entry.Place}'");
        return new Wear(place, CatalogueBuilder.BuildStats(owner, "stats", entry.Stats, problems));
    }

    private bool Belongs(string owner, string what, object? part, ItemKind kind, ItemKind needed)
    {
        if (kind == needed && part is null) problems.Add($"{owner}: {needed} without {what}");
        if (kind != needed && part is not null) problems.Add($"{owner}: {what} is for {needed} alone");
        return kind == needed && part is not null;
    }
}
