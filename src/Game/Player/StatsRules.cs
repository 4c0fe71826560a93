namespace GameBackend.Game;

/// <summary>What a player fights with.</summary>
public static class StatsRules
{
    /// <summary>
    /// The level's base, equipment and the active pet added up. What the catalogue does not know any more adds nothing.
    /// </summary>
    public static Stats Of(PlayerState state, Catalogue catalogue)
    {
        var player = catalogue.Player;
        var sum = player.Base + (player.PerLevel * LevelsAbove(state.Level, player.Curve));
        foreach (var worn in state.Equipment)
        {
            if (catalogue.Items.TryGetValue(worn.Item, out var item) && item.Wear is { } wear) sum += wear.Stats;
        }

        foreach (var pet in state.Pets)
        {
            if (pet.Id == state.ActivePet && catalogue.Pets.TryGetValue(pet.Kind, out var kind))
                sum += kind.Base + (kind.PerLevel * LevelsAbove(pet.Level, kind.Curve));
        }

        return sum.ToStats();
    }

    private static uint LevelsAbove(uint level, ExperienceCurve curve) => Math.Clamp(level, 1, curve.LastLevel) - 1;
}
