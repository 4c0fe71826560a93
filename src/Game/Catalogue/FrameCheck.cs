namespace GameBackend.Game;

/// <summary>Checks that what clients are told whole, and whose size the catalogue decides, fits into a frame.</summary>
internal static class FrameCheck
{
    /// <summary>Of all offers of the guild shop, encoded.</summary>
    public const int ShopBytes = 48 * 1024;

    /// <summary>Of what a battle of a mode is fought by, encoded: it stands in each page of a replay.</summary>
    public const int RulesBytes = 16 * 1024;

    /// <param name="catalogue">It has no other problem.</param>
    public static void Run(Catalogue catalogue, CatalogueProblems problems)
    {
        var shop = catalogue.Guild.Shop.Values.Sum(goods => new GuildShop
        {
            Offers =
            {
                new GuildOffer
                {
                    Offer = goods.Id,
                    Value = GuildRules.Times(goods.Gains, 1),
                    Points = goods.Points,
                    Level = goods.Level,
                    DailyLimit = goods.DailyLimit,
                    BoughtToday = GuildRules.MostBoughtAtOnce,
                },
            },
        }.CalculateSize());
        if (shop > ShopBytes) problems.Add($"guild: the shop takes {shop} bytes of a frame, more than {ShopBytes}");
        foreach (var mode in catalogue.Modes.Keys)
        {
            var rules = BattleRules.Of(catalogue, mode).ToBytes().Length;
            if (rules > RulesBytes)
                problems.Add($"mode '{mode}': arena and map take {rules} bytes of a frame, more than {RulesBytes}");
        }
    }
}
