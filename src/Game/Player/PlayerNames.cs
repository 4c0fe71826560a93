using System.Text;

namespace GameBackend.Game;

/// <summary>
/// Display names: 3 to 16 letters, digits or underscores. Letters are those of living scripts, each one code unit and
/// one code point, so that a length means the same to every client. The alphabets that share letter shapes (Latin,
/// Greek, Cyrillic) do not mix in one name: that keeps a name from passing for another. So do a name's keys.
/// </summary>
internal static class PlayerNames
{
    public const int MinLength = 3;
    public const int MaxLength = 16;

    private enum Script
    {
        Unknown,
        Any,
        Latin,
        Greek,
        Cyrillic,
    }

    public static bool IsValid(string name) => name.Length is >= MinLength and <= MaxLength && IsOneAlphabet(name);

    /// <summary>Letters, digits and underscores alone, and the letters of one alphabet.</summary>
    public static bool IsOneAlphabet(string name)
    {
        var alphabet = Script.Any;
        foreach (var character in name)
        {
            var script = ScriptOf(character);
            if (script == Script.Unknown) return false;
            if (script == Script.Any) continue;
            if (alphabet != Script.Any && alphabet != script) return false;
            alphabet = script;
        }

        return true;
    }

    /// <summary>
    /// What a name is known by: two names are one if they share a key. The first key tells names apart by case alone,
    /// as every name was taken before there were others; the others fold compatible forms (ĳ and ij), and what looks
    /// the same by the confusables of Unicode (Cyrillic с and Latin c, capital I and small l). Most names have one key.
    /// </summary>
    /// <param name="name">A valid name, a guild's too, or a former key.</param>
    public static string[] Keys(string name)
    {
        var (folded, look) = (new StringBuilder(name.Length), new StringBuilder(name.Length));
        foreach (var letter in name)
        {
            var forms = NameFolding.Of(letter);
            folded.Append(forms.Folded);
            look.Append(forms.Look);
        }

        return [.. new[] { Fold(name), folded.ToString(), look.ToString() }.Distinct()];
    }

    /// <summary>The first of a name's keys: names that differ in upper and lower case alone have the same.</summary>
    public static string Fold(string name) => string.Create(name.Length, name, static (folded, name) =>
    {
        for (var i = 0; i < folded.Length; i++) folded[i] = Fold(name[i]);
    });

    // Through upper case first: letters with two lower-case forms, such as the Greek sigma, then become one. The
    // letters below look like plain ones but have no case mapping of their own to them.
    private static char Fold(char character) => character switch
    {
        'ı' or 'İ' => 'i',
        'ſ' => 's',
        _ => char.ToLowerInvariant(char.ToUpperInvariant(character)),
    };

    private static Script ScriptOf(char character) => character switch
    {
        '_' or (>= '0' and <= '9') => Script.Any,
        _ when !char.IsLetter(character) => Script.Unknown,
        <= '\u024F' => character <= 'z' || character >= '\u00C0' ? Script.Latin : Script.Unknown,
        >= '\u0370' and <= '\u03FF' => Script.Greek,
        >= '\u0400' and <= '\u052F' => Script.Cyrillic,
        >= '\u3041' and <= '\u3096' or >= '\u30A1' and <= '\u30FC' => Script.Any, // Kana
        >= '\u3400' and <= '\u4DBF' or >= '\u4E00' and <= '\u9FFF' => Script.Any, // Han
        >= '\uAC00' and <= '\uD7A3' => Script.Any, // Hangul
        _ => Script.Unknown,
    };
}
