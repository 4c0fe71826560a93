namespace GameBackend.Game;

/// <summary>The catalogue's shop.</summary>
public static class ShopRules
{
    /// <returns>INVALID_ARGUMENT, ITEM_UNKNOWN, NOT_FOR_SALE, INSUFFICIENT_FUNDS, BAG_FULL, or the change.</returns>
    public static Decision Buy(PlayerState state, Catalogue catalogue, Act act, string item, uint count) =>
        PlayerDraft.Change(state, catalogue, act, "shop.buy", draft =>
        {
            if (count == 0) return GameError.InvalidArgument;
            if (!catalogue.Items.TryGetValue(item, out var definition)) return GameError.ItemUnknown;
            if (!catalogue.Shop.TryGetValue(item, out var price)) return GameError.NotForSale;
            var error = draft.Wallet.Book(price.Currency, -Amounts.Times(price.Amount, count), "shop.buy");
            return error == GameError.Ok ? draft.Bag.Add(definition, count) : error;
        });
}
