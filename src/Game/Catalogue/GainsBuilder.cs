namespace GameBackend.Game;

/// <summary>Checks what using an item, or being created, gives to a player.</summary>
internal sealed class GainsBuilder(
    IReadOnlyDictionary<string, CurrencyDefinition> currencies,
    IReadOnlyDictionary<string, ItemEntry> items,
    IReadOnlyDictionary<string, PetDefinition> pets,
    CatalogueProblems problems)
{
    public Gains Build(string owner, GainsEntry entry) => new()
    {
        Experience = (ulong)problems.InRange(
            owner, "experience", entry.Experience, 0, CatalogueBuilder.AmountLimit),
        Currencies = [.. (entry.Currencies ?? []).Select(money => BuildMoney(owner, "currencies", money))],
        Items = [.. (entry.Items ?? []).Select(item => BuildItemCount(owner, item))],
        Pets = [.. (entry.Pets ?? []).Select(kind => problems.Resolve(owner, "pet", kind, pets)?.Id ?? "")],
    };

    public Money BuildMoney(string owner, string what, MoneyEntry? entry)
    {
        if (entry is null)
        {
            problems.Add($"{owner}: {what} is missing");
            return new Money("", 1);
        }

        var currency = problems.Resolve(owner, "currency", entry.Currency, currencies);
        var amount = problems.InRange(
            owner, what, entry.Amount, 1, currency?.Limit ?? CatalogueBuilder.AmountLimit);
        return new Money(entry.Currency ?? "", amount);
    }

    private ItemCount BuildItemCount(string owner, ItemCountEntry? entry)
    {
        problems.Resolve(owner, "item", entry?.Item, items);
        var count = problems.InRange(
            owner, $"the count of '{entry?.Item}'", entry?.Count ?? 0, 1, ItemBuilder.StackLimit);
        return new ItemCount(entry?.Item ?? "", (uint)count, entry?.Bound ?? false);
    }
}
