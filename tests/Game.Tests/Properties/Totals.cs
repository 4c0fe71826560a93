using System.Numerics;

namespace GameBackend.Game.Tests;

/// <summary>What a player has, wherever it lies. Items count in the bag and worn.</summary>
internal sealed class Totals
{
    public Totals(PlayerState state)
    {
        foreach (var slot in state.Slots) Add(slot.Item, slot.Count);
        foreach (var worn in state.Equipment) Add(worn.Item, 1);
        foreach (var balance in state.Wallet) Money.Add(balance.Currency, balance.Amount);
        foreach (var pet in state.Pets) Pets.Add(pet.Id, (pet.Kind, pet.Level, pet.Experience));
        (Level, Experience, Capacity) = (Math.Max(state.Level, 1), state.Experience, state.BagCapacity);
    }

    public SortedDictionary<string, long> Items { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, BigInteger> Money { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<ulong, (string Kind, uint Level, ulong Experience)> Pets { get; } = [];

    public uint Level { get; set; }

    public ulong Experience { get; set; }

    public long Capacity { get; set; }

    public Totals Add(string item, long count)
    {
        Items[item] = Items.GetValueOrDefault(item) + count;
        if (Items[item] == 0) Items.Remove(item);
        return this;
    }

    public Totals Pay(string currency, BigInteger amount)
    {
        Money[currency] = Money.GetValueOrDefault(currency) + amount;
        return this;
    }

    public Totals Release(ulong pet)
    {
        Assert.True(Pets.Remove(pet));
        return this;
    }
}
