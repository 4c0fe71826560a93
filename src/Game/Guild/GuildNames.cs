namespace GameBackend.Game;

/// <summary>
/// Names of guilds: as those of players, with 3 to 24 characters, and single spaces inside. Tags: 2 to 5 letters and
/// digits.
/// </summary>
public static class GuildNames
{
    public const int MinLength = 3;
    public const int MaxLength = 24;
    public const int TagMinLength = 2;
    public const int TagMaxLength = 5;

    /// <returns>GUILD_NAME_INVALID, GUILD_TAG_INVALID or OK.</returns>
    public static GameError Validate(string name, string tag) =>
        !IsName(name) ? GameError.GuildNameInvalid : !IsTag(tag) ? GameError.GuildTagInvalid : GameError.Ok;

    /// <summary>What a name is sorted by.</summary>
    public static string Fold(string name) => PlayerNames.Fold(name);

    /// <summary>The keys under which a guild's name and tag are taken; see <see cref="PlayerNames.Keys"/>.</summary>
    public static (string[] Name, string[] Tag) Keys(string name, string tag) => (
        Array.ConvertAll(PlayerNames.Keys(name), key => $"guild/{key}"),
        Array.ConvertAll(PlayerNames.Keys(tag), key => $"guild-tag/{key}"));

    private static bool IsName(string name) =>
        name.Length is >= MinLength and <= MaxLength
        && name[0] != ' ' && name[^1] != ' ' && !name.Contains("  ", StringComparison.Ordinal)
        && PlayerNames.IsOneAlphabet(name.Replace(" ", "", StringComparison.Ordinal));

    private static bool IsTag(string tag) =>
        tag.Length is >= TagMinLength and <= TagMaxLength && !tag.Contains('_') && PlayerNames.IsOneAlphabet(tag);
}
