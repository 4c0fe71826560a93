namespace GameBackend.Game.Tests;

/// <summary>What a client does with a delta, written from the contract alone.</summary>
internal static class ViewFold
{
    public static PlayerView Apply(PlayerView view, PlayerChanged change)
    {
        Assert.Equal(view.Version + 1, change.Version);
        var next = view.Clone();
        next.Version = change.Version;
        if (change.Profile is not null) next.Profile = change.Profile;
        if (change.HasLevel) next.Level = change.Level;
        if (change.HasExperience) next.Experience = change.Experience;
        if (change.HasExperienceToNext) next.ExperienceToNext = change.ExperienceToNext;
        if (change.HasBagCapacity) next.Bag.Capacity = change.BagCapacity;
        if (change.HasActivePet) next.ActivePet = change.ActivePet;
        if (change.Stats is not null) next.Stats = change.Stats;
        Merge(next.Wallet, change.Wallet, b => b.Currency, _ => false);
        Merge(next.Bag.Slots, change.Slots, s => s.Slot, s => s.Count == 0);
        Merge(next.Pets, change.Pets, p => p.Id, p => change.PetsGone.Contains(p.Id));
        foreach (var gone in change.PetsGone) Assert.Contains(view.Pets, pet => pet.Id == gone);
        foreach (var pet in next.Pets.Where(p => change.PetsGone.Contains(p.Id)).ToList()) next.Pets.Remove(pet);
        Merge(next.Equipment, change.Equipment, e => e.Place, e => e.Item.Length == 0);
        return next;
    }

    private static void Merge<T, TKey>(
        ICollection<T> into, IReadOnlyCollection<T> changed, Func<T, TKey> key, Func<T, bool> gone)
        where TKey : notnull
    {
        Assert.Equal(changed.Count, changed.Select(key).Distinct().Count());
        foreach (var value in changed) Assert.DoesNotContain(value, into); // A part that did not change is not sent.
        var byKey = new SortedDictionary<TKey, T>(
            into.ToDictionary(key),
            typeof(TKey) == typeof(string) ? (IComparer<TKey>)StringComparer.Ordinal : Comparer<TKey>.Default);
        foreach (var value in changed)
        {
            if (gone(value)) Assert.True(byKey.Remove(key(value)));
            else byKey[key(value)] = value;
        }

        into.Clear();
        foreach (var value in byKey.Values) into.Add(value);
    }
}
