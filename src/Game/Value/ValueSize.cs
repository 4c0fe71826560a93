namespace GameBackend.Game;

/// <summary>How much of a value a player can have room for at once, who has nothing but a starting bag.</summary>
public static class ValueSize
{
    /// <summary>Whether it goes into empty hands: balances of nothing, a new player's bag, and no pets.</summary>
    public static bool Fits(Catalogue catalogue, Value value) => Fits(catalogue, value, catalogue.Player.BagCapacity);

    /// <summary>
    /// Parts that fit, each of which names a currency once. One takes up to a quarter of the bag, so that nobody has to
    /// empty it for a part. What the catalogue does not know any more is not divided.
    /// </summary>
    public static IReadOnlyList<Value> Divide(Catalogue catalogue, Value value)
    {
        var slots = Math.Max(1, catalogue.Player.BagCapacity / 4);
        if (Fits(catalogue, value, slots)) return [value];
        var parts = new List<Value>();
        foreach (var balance in value.Currencies) DivideMoney(balance, LimitOf(catalogue, balance.Currency));
        DivideItems();
        for (var i = 0; i < value.Pets.Count; i++) Part(i / (int)catalogue.Player.PetLimit).Pets.Add(value.Pets[i]);
        return parts;

        Value Part(int index)
        {
            while (parts.Count <= index) parts.Add(new Value());
            return parts[index];
        }

        void DivideMoney(Balance balance, long limit)
        {
            var left = balance.Amount;
            for (var index = 0; left > 0; index++)
            {
                if (Part(index).Currencies.Any(other => other.Currency == balance.Currency)) continue;
                var amount = Math.Min(left, limit);
                Part(index).Currencies.Add(new Balance { Currency = balance.Currency, Amount = amount });
                left -= amount;
            }
        }

        void DivideItems()
        {
            var (index, free) = (0, slots);
            foreach (var item in value.Items)
            {
                var stack = StackLimit(catalogue, item);
                for (var left = item.Count; left > 0;)
                {
                    if (free == 0) (index, free) = (index + 1, slots);
                    var count = (uint)Math.Min(left, (ulong)free * stack);
                    Part(index).Items.Add(new ItemStack(item) { Count = count });
                    free -= (count + stack - 1) / stack;
                    left -= count;
                }
            }
        }
    }

    private static bool Fits(Catalogue catalogue, Value value, uint slots) =>
        value.Currencies.GroupBy(balance => balance.Currency).All(group =>
            group.Aggregate(Int128.Zero, (sum, balance) => sum + balance.Amount) <= LimitOf(catalogue, group.Key))
        && value.Items.Sum(item => Slots(catalogue, item)) <= slots
        && value.Pets.Count <= catalogue.Player.PetLimit;

    private static long LimitOf(Catalogue catalogue, string currency) =>
        catalogue.Currencies.TryGetValue(currency, out var definition) ? definition.Limit : long.MaxValue;

    private static long Slots(Catalogue catalogue, ItemStack item)
    {
        var stack = (long)StackLimit(catalogue, item);
        return (item.Count + stack - 1) / stack;
    }

    private static uint StackLimit(Catalogue catalogue, ItemStack item) =>
        catalogue.Items.TryGetValue(item.Item, out var definition) ? definition.StackLimit : int.MaxValue;
}
