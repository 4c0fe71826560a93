namespace GameBackend.Game;

/// <summary>
/// Money cannot be farmed: whatever the shop sells yields, by selling or by using it and all that comes out of it, at
/// most its price. All currencies are weighed by their worth; so each step of a chain of purchases loses worth or
/// keeps it, and no chain, through whichever currencies, comes back to its start with more.
/// </summary>
internal static class MoneyFarmCheck
{
    public static void Run(Catalogue catalogue, CatalogueProblems problems)
    {
        var yields = new Dictionary<string, Int128>(StringComparer.Ordinal);
        foreach (var item in catalogue.Items.Values.OrderBy(item => item.Id, StringComparer.Ordinal))
            Yield(item.Id, []);
        foreach (var (item, price) in catalogue.Shop.OrderBy(offer => offer.Key, StringComparer.Ordinal))
        {
            var yield = Yield(item, []);
            if (yield > Worth(price))
                problems.Add($"shop offer '{item}': yields a worth of {yield} for a price worth {Worth(price)}");
        }

        CheckGuildShop();

        // Points are had for gifts: what they buy is worth at most the cheapest gift that earns them.
        void CheckGuildShop()
        {
            foreach (var offer in catalogue.Guild.Shop.Values.OrderBy(offer => offer.Id, StringComparer.Ordinal))
            {
                Int128 yield = 0;
                foreach (var money in offer.Gains.Currencies) yield += Worth(money);
                foreach (var item in offer.Gains.Items) yield += item.Count * Yield(item.Item, []);
                foreach (var gift in catalogue.Guild.Donations.Values)
                {
                    var given = offer.Points * Worth(new Money(gift.Currency, gift.Unit));
                    if (yield * gift.Points > given)
                        problems.Add(
                            $"guild offer '{offer.Id}': yields a worth of {yield} for too little {gift.Currency}");
                }
            }
        }

        // The most worth that one item can be turned into. An item that comes out of itself has no such bound.
        Int128 Yield(string id, HashSet<string> opened)
        {
            if (yields.TryGetValue(id, out var known)) return known;
            if (!catalogue.Items.TryGetValue(id, out var item)) return 0;
            if (!opened.Add(id))
            {
                problems.Add($"item '{id}': comes out of itself");
                return yields[id] = 0;
            }

            var sold = item.Sell is { } sell ? Worth(sell) : 0;
            Int128 used = 0;
            foreach (var money in item.Use?.Gains.Currencies ?? []) used += Worth(money);
            foreach (var inner in item.Use?.Gains.Items ?? []) used += inner.Count * Yield(inner.Item, opened);
            opened.Remove(id);
            return yields[id] = Int128.Max(sold, used);
        }

        Int128 Worth(Money money) => catalogue.Currencies.TryGetValue(money.Currency, out var currency)
            ? (Int128)money.Amount * currency.Worth
            : 0;
    }
}
