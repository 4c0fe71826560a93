using System.Collections.Frozen;

namespace GameBackend.Game;

/// <summary>
/// Turns a document into a catalogue, noting every problem on the way instead of stopping at the first.
/// </summary>
internal sealed class CatalogueBuilder(CatalogueDocument document, CatalogueProblems problems)
{
    /// <summary>
    /// The largest amount of anything. Sums of a few, and the product of one with the fullest stack, fit into 64 bits.
    /// </summary>
    public const long AmountLimit = 9_000_000_000_000;

    public const long LevelLimit = 1_000;
    public const long BagCapacityLimit = 200;
    public const long PetLimit = 50;
    public const int CurrencyLimit = 100;
    private const long WorthLimit = 1_000_000;

    /// <summary>Stands in for a curve that does not exist, and causes no further problems.</summary>
    private static readonly ExperienceCurve s_noCurve = new("", [.. Enumerable.Repeat(1UL, (int)LevelLimit - 1)]);

    public Catalogue Build()
    {
        var currencies = BuildAll("currency", document.Currencies, entry => entry.Id, BuildCurrency);
        // A wallet is told whole: it has to fit into a frame.
        if (currencies.Count > CurrencyLimit)
            problems.Add($"currencies: there are {currencies.Count}, more than {CurrencyLimit}");
        var curves = BuildAll("curve", document.Curves, entry => entry.Id, BuildCurve);
        var pets = BuildAll("pet", document.Pets, entry => entry.Id, (id, entry) => BuildPet(id, entry, curves));
        var player = BuildPlayer(curves);

        var entries = problems.ById("item", document.Items.OfType<ItemEntry>(), entry => entry.Id);
        var gains = new GainsBuilder(currencies, entries, pets, problems);
        var itemBuilder = new ItemBuilder(gains, pets, player, problems);
        var items = entries.ToFrozenDictionary(pair => pair.Key, pair => itemBuilder.Build(pair.Key, pair.Value));
        var arena = new ArenaBuilder(problems).Build(document.Arena);
        var match = new MatchBuilder(arena, items, gains, problems);
        var modes = match.Build(document.Match);

        return new Catalogue
        {
            Currencies = currencies,
            Items = items,
            Pets = pets,
            Shop = BuildAll("shop offer", document.Shop, entry => entry.Item, BuildOffer),
            Player = player,
            StarterKit = BuildStarterKit(),
            Arena = arena,
            Modes = modes,
            Shards = match.BuildShards(document.Match),
            Boards = new BoardBuilder(modes, gains, problems).Build(document.Boards),
            Guild = new GuildBuilder(gains, currencies, problems).Build(document.Guild),
        };

        Money BuildOffer(string item, ShopEntry entry)
        {
            problems.Resolve($"shop offer '{item}'", "item", item, items);
            return gains.BuildMoney($"shop offer '{item}'", "price", entry.Price);
        }

        Gains BuildStarterKit()
        {
            if (document.StarterKit is not { } kit)
            {
                problems.Add("starterKit: is missing");
                return Gains.Nothing;
            }

            var built = gains.Build("starterKit", kit);
            if (kit.BagSlots != 0) problems.Add("starterKit: bagSlots is the player's bagCapacity");
            StarterKitCheck.Run(built, currencies, items, player, problems);
            return built;
        }
    }

    private FrozenDictionary<string, TOut> BuildAll<TIn, TOut>(
        string kind, List<TIn?> entries, Func<TIn, string?> idOf, Func<string, TIn, TOut> build)
        where TIn : class =>
        problems.ById(kind, entries.OfType<TIn>(), idOf)
            .ToFrozenDictionary(pair => pair.Key, pair => build(pair.Key, pair.Value));

    private CurrencyDefinition BuildCurrency(string id, CurrencyEntry entry)
    {
        var limit = problems.InRange($"currency '{id}'", "limit", entry.Limit, 1, AmountLimit);
        var worth = problems.InRange($"currency '{id}'", "worth", entry.Worth, 1, WorthLimit);
        return new CurrencyDefinition(id, limit, worth);
    }

    private ExperienceCurve BuildCurve(string id, CurveEntry entry)
    {
        var needs = entry.Experience ?? [];
        if (needs.Count is 0 or >= (int)LevelLimit)
            problems.Add($"curve '{id}': has {needs.Count} levels, not 1 to {LevelLimit - 1}");
        for (var i = 0; i < needs.Count; i++)
        {
            problems.InRange($"curve '{id}'", $"the experience of level {i + 1}", needs[i], 1, AmountLimit);
            if (i > 0 && needs[i] < needs[i - 1])
                problems.Add($"curve '{id}': level {i + 1} asks for less ({needs[i]}) than level {i} ({needs[i - 1]})");
        }

        return new ExperienceCurve(id, [.. needs.Select(need => (ulong)Math.Clamp(need, 1, AmountLimit))]);
    }

    private PetDefinition BuildPet(string id, PetEntry entry, FrozenDictionary<string, ExperienceCurve> curves)
    {
        var owner = $"pet '{id}'";
        var curve = problems.Resolve(owner, "curve", entry.Curve, curves) ?? s_noCurve;
        return new PetDefinition(
            id,
            curve,
            BuildStats(owner, "base", entry.Base, problems),
            BuildStats(owner, "perLevel", entry.PerLevel, problems));
    }

    private PlayerDefinition BuildPlayer(FrozenDictionary<string, ExperienceCurve> curves)
    {
        var entry = document.Player;
        if (entry is null)
        {
            problems.Add("player: is missing");
            return new PlayerDefinition(s_noCurve, default, default, 1, 1, 1);
        }

        var limit = problems.InRange("player", "bagCapacityLimit", entry.BagCapacityLimit, 1, BagCapacityLimit);
        return new PlayerDefinition(
            problems.Resolve("player", "curve", entry.Curve, curves) ?? s_noCurve,
            BuildStats("player", "base", entry.Base, problems),
            BuildStats("player", "perLevel", entry.PerLevel, problems),
            (uint)problems.InRange("player", "bagCapacity", entry.BagCapacity, 1, limit),
            (uint)limit,
            (uint)problems.InRange("player", "petLimit", entry.PetLimit, 1, PetLimit));
    }

    /// <summary>Stats that are left out are all 0.</summary>
    internal static StatBlock BuildStats(string owner, string what, StatsEntry? entry, CatalogueProblems problems)
    {
        return entry is null
            ? default
            : new StatBlock(
                Check("health", entry.Health),
                Check("attack", entry.Attack),
                Check("defence", entry.Defence),
                Check("speed", entry.Speed));

        long Check(string stat, long value) =>
            problems.InRange(owner, $"{what}.{stat}", value, 0, StatBlock.Limit);
    }
}
