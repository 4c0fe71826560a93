namespace GameBackend.Game;

/// <summary>What is seen of a player from outside. Views share nothing with the state.</summary>
public static class PlayerViews
{
    /// <summary>Everything, for the player itself. Each list is in the order of its keys.</summary>
    public static PlayerView Whole(long playerId, PlayerState state, Catalogue catalogue)
    {
        var view = new PlayerView
        {
            PlayerId = unchecked((ulong)playerId),
            Version = state.Version,
            Profile = state.Profile?.Clone(),
            Level = state.Level,
            Experience = state.Experience,
            ExperienceToNext = catalogue.Player.Curve.ToNext(state.Level),
            Bag = new Bag { Capacity = state.BagCapacity },
            ActivePet = state.ActivePet,
            Stats = StatsRules.Of(state, catalogue),
        };
        foreach (var balance in state.Wallet) view.Wallet.Add(balance.Clone());
        foreach (var slot in state.Slots) view.Bag.Slots.Add(slot.Clone());
        foreach (var pet in state.Pets) view.Pets.Add(pet.Clone());
        foreach (var worn in state.Equipment) view.Equipment.Add(worn.Clone());
        return view;
    }

    /// <summary>What others may see.</summary>
    public static PublicProfile Public(long playerId, PlayerState state, Catalogue catalogue, bool online) => new()
    {
        PlayerId = unchecked((ulong)playerId),
        Profile = state.Profile?.Clone(),
        Level = state.Level,
        Stats = StatsRules.Of(state, catalogue),
        Online = online,
    };
}
