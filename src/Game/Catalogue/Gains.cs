using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>What a player gains at once: from an item, a battle, a mail, or at the start.</summary>
public sealed record Gains
{
    public static Gains Nothing { get; } = new();

    public ulong Experience { get; init; }

    public ImmutableArray<Money> Currencies { get; init; } = [];

    public ImmutableArray<ItemCount> Items { get; init; } = [];

    /// <summary>Kinds of pets, one for each pet.</summary>
    public ImmutableArray<string> Pets { get; init; } = [];

    public bool OnlyExperience => Currencies.IsEmpty && Items.IsEmpty && Pets.IsEmpty;

    public bool IsNothing => Experience == 0 && OnlyExperience;
}
