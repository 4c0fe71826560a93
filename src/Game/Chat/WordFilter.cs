using System.Text;
using System.Text.Json;

namespace GameBackend.Game;

/// <summary>
/// Stars out words of a list, also inside of longer ones, whatever their case, with common digits for letters, and with
/// characters between them that cannot be seen. The list is data: a JSON array of words.
/// </summary>
public sealed class WordFilter
{
    private const string DigitsForLetters = "0o1i3e4a5s7t$s@a!i";

    private readonly string[] _words;

    /// <param name="words">Each of 2 characters or more.</param>
    public WordFilter(IEnumerable<string> words)
    {
        // The longest first, so that a word which holds another is starred out whole.
        _words = [.. words.Select(word => Fold(word).Text).Distinct().OrderByDescending(word => word.Length)];
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
        var (folded, places) = Fold(text);
        char[]? starred = null;
        foreach (var word in _words)
        {
            for (var at = folded.IndexOf(word, StringComparison.Ordinal); at >= 0;
                at = folded.IndexOf(word, at + 1, StringComparison.Ordinal))
            {
                var (first, last) = (places[at], places[at + word.Length - 1]);
                (starred ??= text.ToCharArray()).AsSpan(first, last - first + 1).Fill('*');
            }
        }

        return starred is null ? text : new string(starred);
    }

    /// <summary>What is compared, and at which place of the text each character of it stands.</summary>
    private static (string Text, List<int> Places) Fold(string text)
    {
        var (folded, places) = (new StringBuilder(text.Length), new List<int>(text.Length));
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            for (var end = i + length; i < end; i++)
            {
                if (VisibleText.IsIgnorable(rune))
                    continue;
                var digit = DigitsForLetters.IndexOf(text[i], StringComparison.Ordinal);
                var plain = digit >= 0 && digit % 2 == 0 ? DigitsForLetters[digit + 1] : text[i];
                folded.Append(char.ToLowerInvariant(plain));
                places.Add(i);
            }
        }

        return (folded.ToString(), places);
    }
}
