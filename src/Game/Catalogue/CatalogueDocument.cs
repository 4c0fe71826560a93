using System.Text.Json;
using System.Text.Json.Serialization;

namespace GameBackend.Game;

/// <summary>The catalogue as it is written in JSON, before anything is checked.</summary>
internal sealed record CatalogueDocument
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public List<CurrencyEntry?> Currencies { get; init; } = [];

    public List<CurveEntry?> Curves { get; init; } = [];

    public List<ItemEntry?> Items { get; init; } = [];

    public List<PetEntry?> Pets { get; init; } = [];

    public List<ShopEntry?> Shop { get; init; } = [];

    public PlayerEntry? Player { get; init; }

    public GainsEntry? StarterKit { get; init; }

    public ArenaEntry? Arena { get; init; }

    public MatchEntry? Match { get; init; }

    public List<BoardEntry?> Boards { get; init; } = [];

    public GuildSection? Guild { get; init; }

    /// <summary>
    /// Reads all documents into one. Lists add up; the single sections may be there once. A document that is missing or
    /// cannot be read is the only problem then: what others say of its entries would hide it.
    /// </summary>
    /// <param name="complete">Documents whose sections must all be there, in whatever document.</param>
    /// <exception cref="CatalogueException">A document is missing, or none.</exception>
    public static CatalogueDocument Read(
        IEnumerable<(string Name, string Json)> sources, IEnumerable<(string Name, string Json)> complete,
        CatalogueProblems problems)
    {
        (string Name, string Json)[] all = [.. sources];
        (string Name, CatalogueDocument? Part)[] parts =
            [.. all.Select(source => (source.Name, Parse(source.Name, source.Json, problems)))];
        problems.ThrowIfAny();
        FindMissing(all, complete, problems);
        problems.ThrowIfAny();

        var whole = new CatalogueDocument();
        foreach (var (name, document) in parts)
        {
            if (document is not { } part) continue;
            Append(name, "currencies", part.Currencies, whole.Currencies, problems);
            Append(name, "curves", part.Curves, whole.Curves, problems);
            Append(name, "items", part.Items, whole.Items, problems);
            Append(name, "pets", part.Pets, whole.Pets, problems);
            Append(name, "shop", part.Shop, whole.Shop, problems);
            Append(name, "boards", part.Boards, whole.Boards, problems);
            if (part.Player is not null && whole.Player is not null) problems.Add($"{name}: player is there twice");
            if (part.StarterKit is not null && whole.StarterKit is not null)
                problems.Add($"{name}: starterKit is there twice");
            if (part.Arena is not null && whole.Arena is not null) problems.Add($"{name}: arena is there twice");
            if (part.Match is not null && whole.Match is not null) problems.Add($"{name}: match is there twice");
            if (part.Guild is not null && whole.Guild is not null) problems.Add($"{name}: guild is there twice");
            whole = whole with
            {
                Player = whole.Player ?? part.Player,
                StarterKit = whole.StarterKit ?? part.StarterKit,
                Arena = whole.Arena ?? part.Arena,
                Match = whole.Match ?? part.Match,
                Guild = whole.Guild ?? part.Guild,
            };
        }

        return whole;
    }

    private static void FindMissing(
        (string Name, string Json)[] all, IEnumerable<(string Name, string Json)> complete, CatalogueProblems problems)
    {
        var there = all.SelectMany(source => Sections(source.Json)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, json) in complete)
        {
            var missing = string.Join(" and ", Sections(json).Where(section => !there.Contains(section)));
            if (missing.Length == 0) continue;
            problems.Add(all.Any(source => source.Name == name)
                ? $"{name}: {missing} is not there, and in no other file"
                : $"{name} is missing, and {missing} is in no other file");
        }
    }

    private static string[] Sections(string json)
    {
        using var document = JsonDocument.Parse(
            json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        return [.. document.RootElement.EnumerateObject().Select(section => section.Name)];
    }

    private static CatalogueDocument? Parse(string name, string json, CatalogueProblems problems)
    {
        try
        {
            if (JsonSerializer.Deserialize<CatalogueDocument>(json, s_options) is { } document) return document;
            problems.Add($"{name}: is empty");
        }
        catch (JsonException e)
        {
            problems.Add($"{name}: {e.Message}");
        }

        return null;
    }

    private static void Append<T>(
        string name, string section, List<T?>? from, List<T?> to, CatalogueProblems problems)
    {
        if (from is null || from.Contains(default)) problems.Add($"{name}: {section} holds null");
        else to.AddRange(from);
    }
}

internal sealed record CurrencyEntry(string? Id, long Limit, long Worth);

internal sealed record CurveEntry(string? Id, List<long>? Experience);

internal sealed record MoneyEntry(string? Currency, long Amount);

internal sealed record ItemCountEntry(string? Item, long Count, bool Bound);

internal sealed record StatsEntry(long Health, long Attack, long Defence, long Speed);

internal sealed record GainsEntry(
    long Experience, List<MoneyEntry?>? Currencies, List<ItemCountEntry?>? Items, List<string?>? Pets, long BagSlots);

internal sealed record FoodEntry(long Experience, List<string?>? Kinds);

internal sealed record ItemEntry(
    string? Id,
    string? Kind,
    MoneyEntry? Sell,
    GainsEntry? Use,
    FoodEntry? Food,
    string? Place,
    StatsEntry? Stats,
    long StackLimit = 1,
    long Level = 1,
    string? Binding = "never");

internal sealed record PetEntry(string? Id, string? Curve, StatsEntry? Base, StatsEntry? PerLevel);

internal sealed record ShopEntry(string? Item, MoneyEntry? Price);

internal sealed record PlayerEntry(
    string? Curve,
    StatsEntry? Base,
    StatsEntry? PerLevel,
    long BagCapacity,
    long BagCapacityLimit,
    long PetLimit);
