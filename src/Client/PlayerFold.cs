using GameBackend.Protocol;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace GameBackend.Client;

/// <summary>How a change is folded into a view.</summary>
public static class PlayerFold
{
    /// <summary>Makes <paramref name="view"/> what it is after <paramref name="change"/>.</summary>
    public static void Apply(PlayerView view, PlayerChanged change)
    {
        view.Version = change.Version;
        view.Profile = change.Profile ?? view.Profile;
        view.Stats = change.Stats ?? view.Stats;
        if (change.HasLevel)
            view.Level = change.Level;
        if (change.HasExperience)
            view.Experience = change.Experience;
        if (change.HasExperienceToNext)
            view.ExperienceToNext = change.ExperienceToNext;
        if (change.HasActivePet)
            view.ActivePet = change.ActivePet;
        foreach (var balance in change.Wallet)
            Put(view.Wallet, balance, b => b.Currency, isGone: false);
        foreach (var pet in change.Pets)
            Put(view.Pets, pet, p => p.Id, isGone: false);
        foreach (var item in change.Equipment)
            Put(view.Equipment, item, e => e.Place, isGone: item.Item.Length == 0);
        foreach (var gone in change.PetsGone)
            Put(view.Pets, new Pet { Id = gone }, p => p.Id, isGone: true);
        if (change.Slots.Count == 0 && !change.HasBagCapacity)
            return;
        view.Bag ??= new Bag();
        if (change.HasBagCapacity)
            view.Bag.Capacity = change.BagCapacity;
        foreach (var slot in change.Slots)
            Put(view.Bag.Slots, slot, s => s.Slot, isGone: slot.Count == 0);
    }

    /// <summary>
    /// The view in a form that can be compared: lists in the order of their keys, balances of nothing left out.
    /// </summary>
    public static PlayerView Normalise(PlayerView view)
    {
        var normal = view.Clone();
        Refill(normal.Wallet, view.Wallet.Where(b => b.Amount != 0).OrderBy(b => b.Currency, StringComparer.Ordinal));
        Refill(normal.Pets, view.Pets.OrderBy(p => p.Id));
        Refill(normal.Equipment, view.Equipment.OrderBy(e => e.Place));
        if (view.Bag is { } bag)
            Refill(normal.Bag.Slots, bag.Slots.OrderBy(s => s.Slot));
        return normal;
    }

    /// <summary>Keeps the order of the keys, as the server does.</summary>
    private static void Put<T, TKey>(RepeatedField<T> list, T item, Func<T, TKey> key, bool isGone)
        where T : class, IDeepCloneable<T>
    {
        var order = typeof(TKey) == typeof(string) ? (IComparer<TKey>)StringComparer.Ordinal : Comparer<TKey>.Default;
        var index = 0;
        while (index < list.Count && order.Compare(key(list[index]), key(item)) < 0)
            index++;
        var isThere = index < list.Count && order.Compare(key(list[index]), key(item)) == 0;
        if (isThere)
            list.RemoveAt(index);
        if (!isGone)
            list.Insert(index, item.Clone());
    }

    private static void Refill<T>(RepeatedField<T> list, IEnumerable<T> items)
    {
        T[] copy = [.. items];
        list.Clear();
        list.AddRange(copy);
    }
}
