namespace GameBackend.Bots;

/// <summary>The items of the default catalogue that bots deal with.</summary>
internal static class Shop
{
    /// <summary>Cheap, for sale, and sold again for gold.</summary>
    public static readonly string[] Goods = ["wood.oak", "ore.iron", "food.berry", "potion.experience.small"];

    /// <summary>For sale, and worn at level 1.</summary>
    public static readonly string[] Wear =
        ["sword.wooden", "helm.leather", "body.cloth", "legs.cloth", "boots.leather", "ring.copper"];

    /// <summary>Used for experience, gold, a pet or room.</summary>
    public static readonly string[] Usable =
        ["potion.experience.small", "pouch.coins.small", "egg.wolf", "egg.owl", "bag.expansion.small"];

    /// <summary>Fed to any pet.</summary>
    public const string Food = "food.berry";

    public static bool IsSold(string item) => Goods.Contains(item) || Wear.Contains(item);
}
