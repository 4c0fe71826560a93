using System.Text;
using System.Text.Json;

namespace GameBackend.Game;

/// <summary>
/// Stars out words of a list, also inside of longer ones, whatever their case, and with common digits for letters. The
/// list is data: a JSON array of words.
/// </summary>
public sealed class WordFilter
{
    private const string DigitsForLetters = "0o1i3e4a5s7t$s@a!i";

    private readonly string[] _words;

    /// <param name="words">Each of 2 characters or more.</param>
    public WordFilter(IEnumerable<string> words)
    {
        // The longest first, so that a word which holds another is starred out whole.
        _words = [.. words.Select(Fold).Distinct().OrderByDescending(word => word.Length)];
        if (_words.Any(word => word.Length < 2))
            throw new CatalogueException(["A word of the filter has fewer than 2 characters."]);
    }

    /// <summary>The list that comes with the game.</summary>
    public static WordFilter LoadDefault()
    {
        using var file = typeof(WordFilter).Assembly.GetManifestResourceStream("chat/words.json")!;
        return new WordFilter(JsonSerializer.Deserialize<string[]>(file)!);
    }

    public static WordFilter LoadFrom(string path) =>
        new(JsonSerializer.Deserialize<string[]>(File.ReadAllText(path))!);

    /// <summary>The text with a star for each character of a word of the list.</summary>
    public string Apply(string text)
    {
        var folded = Fold(text);
        char[]? starred = null;
        foreach (var word in _words)
        {
            for (var at = folded.IndexOf(word, StringComparison.Ordinal); at >= 0;
                at = folded.IndexOf(word, at + 1, StringComparison.Ordinal))
                (starred ??= text.ToCharArray()).AsSpan(at, word.Length).Fill('*');
        }

        return starred is null ? text : new string(starred);
    }

    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var digit = DigitsForLetters.IndexOf(c, StringComparison.Ordinal);
            var plain = digit >= 0 && digit % 2 == 0 ? DigitsForLetters[digit + 1] : c;
            folded.Append(char.ToLowerInvariant(plain));
        }

        return folded.ToString();
    }
}
