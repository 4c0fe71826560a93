using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>A currency that a wallet can hold.</summary>
/// <param name="Limit">The largest balance.</param>
/// <param name="Worth">
/// What one unit is worth in a measure common to all currencies. It sets no price; it lets the catalogue prove that no
/// chain of buying, using and selling makes money.
/// </param>
public sealed record CurrencyDefinition(string Id, long Limit, long Worth);

/// <summary>An amount of a currency, 1 or more.</summary>
public readonly record struct Money(string Currency, long Amount);

/// <summary>A number of items of one kind.</summary>
/// <param name="Bound">Whether they are bound even if their definition does not bind them.</param>
public readonly record struct ItemCount(string Item, uint Count, bool Bound = false);

public enum ItemKind
{
    Material,
    /// <summary>Can be used; see <see cref="ItemDefinition.Use"/>.</summary>
    Consumable,
    /// <summary>Can be fed to pets; see <see cref="ItemDefinition.Food"/>.</summary>
    Food,
    /// <summary>Can be worn; see <see cref="ItemDefinition.Wear"/>.</summary>
    Equipment,
}

/// <summary>When an item becomes bound to its owner.</summary>
public enum ItemBinding
{
    Never,
    Gain,
    Equip,
}

/// <param name="StackLimit">How many fit into one bag slot.</param>
/// <param name="Level">The player level from which it can be used or worn.</param>
/// <param name="Sell">What one sells for; null if it cannot be sold.</param>
/// <param name="Use">What using one does; of consumables alone.</param>
/// <param name="Food">What feeding one does; of food alone.</param>
/// <param name="Wear">Where it is worn; of equipment alone.</param>
public sealed record ItemDefinition(
    string Id,
    ItemKind Kind,
    uint StackLimit,
    uint Level,
    ItemBinding Binding,
    Money? Sell,
    ItemUse? Use,
    PetFood? Food,
    Wear? Wear);

/// <summary>What using one item does.</summary>
/// <param name="BagSlots">By how many slots the bag grows.</param>
public sealed record ItemUse(Gains Gains, uint BagSlots)
{
    /// <summary>Whether it does nothing for a player at the last level.</summary>
    public bool OnlyExperience => BagSlots == 0 && Gains.OnlyExperience;
}

/// <summary>What feeding one item to a pet does.</summary>
/// <param name="Kinds">The kinds that eat it; empty if all do.</param>
public sealed record PetFood(ulong Experience, ImmutableHashSet<string> Kinds)
{
    public bool Suits(string kind) => Kinds.IsEmpty || Kinds.Contains(kind);
}

public sealed record Wear(EquipmentPlace Place, StatBlock Stats);

/// <param name="Base">What an active pet of level 1 adds to its owner's stats.</param>
/// <param name="PerLevel">What each further level adds.</param>
public sealed record PetDefinition(string Id, ExperienceCurve Curve, StatBlock Base, StatBlock PerLevel);

/// <summary>What is the same for all players.</summary>
/// <param name="BagCapacityLimit">How far a bag can grow.</param>
public sealed record PlayerDefinition(
    ExperienceCurve Curve,
    StatBlock Base,
    StatBlock PerLevel,
    uint BagCapacity,
    uint BagCapacityLimit,
    uint PetLimit);
