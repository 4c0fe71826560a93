namespace GameBackend.Game.Tests;

/// <summary>What holds of every state at any time.</summary>
internal static class Invariants
{
    public static void Check(PlayerState state, Catalogue catalogue)
    {
        var player = catalogue.Player;
        Assert.InRange(state.BagCapacity, player.BagCapacity, player.BagCapacityLimit);
        Ascending(state.Slots.Select(slot => slot.Slot));
        foreach (var slot in state.Slots)
        {
            Assert.True(slot.Slot < state.BagCapacity, "a slot beyond the bag");
            Assert.InRange(slot.Count, 1U, catalogue.Items[slot.Item].StackLimit);
            Assert.True(slot.Bound || catalogue.Items[slot.Item].Binding != ItemBinding.Gain, "not bound");
        }

        Assert.True(state.Pets.Count <= player.PetLimit, "too many pets");
        Ascending(state.Pets.Select(pet => pet.Id));
        Assert.All(state.Pets, pet => Assert.InRange(pet.Id, 1UL, state.NextPetId - 1));
        Assert.All(state.Pets, pet => Progress(pet.Level, pet.Experience, catalogue.Pets[pet.Kind].Curve));
        Assert.True(state.ActivePet == 0 || state.Pets.Any(pet => pet.Id == state.ActivePet), "no such active pet");
        Progress(state.Level, state.Experience, player.Curve);

        Ascending(state.Equipment.Select(worn => worn.Place));
        foreach (var worn in state.Equipment)
        {
            Assert.Equal(worn.Place, catalogue.Items[worn.Item].Wear!.Place);
            Assert.True(catalogue.Items[worn.Item].Level <= state.Level, "above the level");
            Assert.True(worn.Bound || catalogue.Items[worn.Item].Binding == ItemBinding.Never, "not bound");
        }

        Ascending(state.Wallet.Select(balance => balance.Currency), StringComparer.Ordinal);
        foreach (var balance in state.Wallet)
            Assert.InRange(balance.Amount, 0, catalogue.Currencies[balance.Currency].Limit);
        Assert.Equal(state.LedgerArchivedThrough + (ulong)state.Ledger.Count + 1, state.LedgerNextSeq);
    }

    private static void Progress(uint level, ulong experience, ExperienceCurve curve)
    {
        Assert.InRange(level, 1U, curve.LastLevel);
        Assert.True(experience < Math.Max(curve.ToNext(level), 1), "experience over its level");
    }

    private static void Ascending<T>(IEnumerable<T> keys, IComparer<T>? order = null)
    {
        var list = keys.ToList();
        Assert.Equal(list.Distinct().Order(order), list);
    }
}
