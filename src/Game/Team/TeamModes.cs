using System.Text.Json;

namespace GameBackend.Game;

/// <summary>For how many players a team is, by the game mode it is for.</summary>
public static class TeamModes
{
    /// <summary>The largest team of any mode.</summary>
    public const int MaxSize = 10;

    /// <summary>The mode of a team that has not chosen one.</summary>
    public const string Free = "free";

    private static readonly IReadOnlyDictionary<string, int> Sizes = Load();

    /// <summary>Every mode's id.</summary>
    public static IEnumerable<string> All => Sizes.Keys;

    /// <summary>How many a team of this mode may have; 0 if there is no such mode.</summary>
    public static int SizeOf(string mode) => Sizes.GetValueOrDefault(mode.Length == 0 ? Free : mode);

    private static Dictionary<string, int> Load()
    {
        using var file = typeof(TeamModes).Assembly.GetManifestResourceStream("team/modes.json")!;
        var sizes = JsonSerializer.Deserialize<Dictionary<string, int>>(file)!;
        return sizes.ContainsKey(Free) && sizes.Values.All(size => size is >= 2 and <= MaxSize)
            ? sizes
            : throw new CatalogueException(
                [$"modes.json: every size is 2 to {MaxSize}, and there is a mode '{Free}'."]);
    }
}
