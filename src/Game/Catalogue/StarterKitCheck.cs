namespace GameBackend.Game;

/// <summary>A player can always be created: the starter kit fits into a new player's bag, wallet and stable.</summary>
internal static class StarterKitCheck
{
    public static void Run(
        Gains kit,
        IReadOnlyDictionary<string, CurrencyDefinition> currencies,
        IReadOnlyDictionary<string, ItemDefinition> items,
        PlayerDefinition player,
        CatalogueProblems problems)
    {
        var slots = kit.Items
            .Where(item => items.ContainsKey(item.Item))
            .GroupBy(item => (items[item.Item], item.Bound || items[item.Item].Binding == ItemBinding.Gain))
            .Sum(stack => Slots(stack.Sum(item => item.Count), stack.Key.Item1.StackLimit));
        if (slots > player.BagCapacity)
            problems.Add($"starterKit: takes {slots} slots of a bag of {player.BagCapacity}");
        if (kit.Pets.Length > player.PetLimit)
            problems.Add($"starterKit: has {kit.Pets.Length} pets, more than {player.PetLimit}");
        foreach (var money in kit.Currencies.GroupBy(money => money.Currency))
        {
            if (currencies.TryGetValue(money.Key, out var currency) && money.Sum(m => m.Amount) > currency.Limit)
                problems.Add($"starterKit: more {money.Key} than its limit");
        }
    }

    private static long Slots(long count, uint stackLimit) => (count + stackLimit - 1) / stackLimit;
}
