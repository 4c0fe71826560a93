using System.Collections.Frozen;
using System.Globalization;

namespace GameBackend.Game;

/// <summary>
/// What letters of names fold to, and look like: a table made of Unicode's data by tools/name-folding.py. Written down
/// because the runtime folds compatible forms with the ICU libraries alone, which a server here does not have.
/// </summary>
internal static class NameFolding
{
    private static readonly FrozenDictionary<char, (string Folded, string Look)> Table = Load();

    /// <param name="letter">Of a name; see <see cref="PlayerNames"/>.</param>
    public static (string Folded, string Look) Of(char letter)
    {
        if (Table.TryGetValue(letter, out var forms))
            return forms;
        var lower = char.ToLowerInvariant(letter).ToString();
        return (lower, lower);
    }

    private static FrozenDictionary<char, (string, string)> Load()
    {
        using var file = typeof(NameFolding).Assembly.GetManifestResourceStream("names/folding.txt")!;
        using var reader = new StreamReader(file);
        var table = new Dictionary<char, (string, string)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var fields = line.Split(" ; ");
            table.Add(Text(fields[0])[0], (Text(fields[1]), Text(fields[2])));
        }

        return table.ToFrozenDictionary();
    }

    private static string Text(string codes) => string.Concat(codes.Split(' ').Select(
        code => char.ConvertFromUtf32(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
}
