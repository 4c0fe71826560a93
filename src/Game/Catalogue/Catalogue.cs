using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>
/// The game's balance as data: what items, pets, levels and prices there are. It never changes after it is loaded,
/// and one that loads is sound: every reference resolves, every number is in its range, and the shop cannot be
/// farmed.
/// </summary>
public sealed class Catalogue
{
    private const string ResourcePrefix = "catalogue/";

    internal Catalogue()
    {
    }

    public required FrozenDictionary<string, CurrencyDefinition> Currencies { get; init; }

    public required FrozenDictionary<string, ItemDefinition> Items { get; init; }

    public required FrozenDictionary<string, PetDefinition> Pets { get; init; }

    /// <summary>What one of an item costs, for the items that are for sale.</summary>
    public required FrozenDictionary<string, Money> Shop { get; init; }

    public required PlayerDefinition Player { get; init; }

    /// <summary>What a player is created with. It fits into a new player's bag.</summary>
    public required Gains StarterKit { get; init; }

    /// <summary>What battles are fought with and in; null in a catalogue without battles.</summary>
    public required ArenaDefinition? Arena { get; init; }

    /// <summary>The kinds of battle that can be queued for.</summary>
    public required FrozenDictionary<string, ModeDefinition> Modes { get; init; }

    /// <summary>Where the queues of each mode are.</summary>
    public required ImmutableArray<MatchShard> Shards { get; init; }

    /// <summary>Who is best, at what.</summary>
    public required FrozenDictionary<string, BoardDefinition> Boards { get; init; }

    public required GuildDefinition Guild { get; init; }

    /// <summary>Puts a catalogue together from JSON documents; each may hold any of its sections.</summary>
    /// <exception cref="CatalogueException">It is not sound.</exception>
    public static Catalogue Load(params string[] documents) =>
        Load(documents.Select((json, index) => ($"document {index + 1}", json)));

    /// <summary>The catalogue that comes with the game.</summary>
    public static Catalogue LoadDefault() => Load(BuiltIn());

    /// <summary>
    /// Loads all JSON files of a directory. For the start of a host alone: rules read no files. Every section that the
    /// game comes with must be in one of them; one that a game does without is there and empty.
    /// </summary>
    /// <exception cref="CatalogueException">It is not sound, or a file is missing or cannot be read.</exception>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be read.</exception>
    public static Catalogue LoadFrom(string directory)
    {
        var problems = new CatalogueProblems();
        var sources = new List<(string Name, string Json)>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                sources.Add((Path.GetFileName(path), File.ReadAllText(path)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{Path.GetFileName(path)}: cannot be read: {e.Message}");
            }
        }

        problems.ThrowIfAny();
        return Load(sources, BuiltIn());
    }

    private static IEnumerable<(string Name, string Json)> BuiltIn()
    {
        var assembly = typeof(Catalogue).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return (name[ResourcePrefix.Length..], reader.ReadToEnd());
            });
    }

    /// <param name="whole">Documents whose sections must all be there.</param>
    private static Catalogue Load(
        IEnumerable<(string Name, string Json)> sources, IEnumerable<(string Name, string Json)>? whole = null)
    {
        var problems = new CatalogueProblems();
        var document = CatalogueDocument.Read(sources, whole ?? [], problems);
        var catalogue = new CatalogueBuilder(document, problems).Build();
        MoneyFarmCheck.Run(catalogue, problems);
        problems.ThrowIfAny();
        FrameCheck.Run(catalogue, problems);
        problems.ThrowIfAny();
        return catalogue;
    }
}
