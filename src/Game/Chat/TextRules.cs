using System.Buffers;
using System.Globalization;
using System.Text;

namespace GameBackend.Game;

/// <summary>
/// The one rule for every text that others see. A text is well-formed UTF-16 and shows something. It has no control
/// characters, no line and paragraph separators, no characters that change the direction of writing and none that show
/// nothing by themselves, but for those that join or select the forms of emoji and of scripts that need them.
/// </summary>
public static class TextRules
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int BlackFlag = 0x1F3F4;

    /// <summary>The flags that are written as a black flag and tags: England, Scotland, Wales.</summary>
    private static readonly string[] TaggedFlags = [.. new[] { "gbeng", "gbsct", "gbwls" }.Select(flag =>
        string.Concat(flag.Append('\u007F').Select(letter => char.ConvertFromUtf32(0xE0000 + letter))))];

    /// <param name="limit">In UTF-16 code units.</param>
    /// <param name="lines">Whether it may have line feeds.</param>
    /// <returns>TEXT_TOO_LONG, INVALID_ARGUMENT or OK. No text at all is OK.</returns>
    public static GameError Check(string text, int limit, bool lines = false) =>
        text.Length > limit ? GameError.TextTooLong
        : IsFit(text, lines) ? GameError.Ok
        : GameError.InvalidArgument;

    /// <summary>Whether a text may be shown to others.</summary>
    public static bool IsFit(string text, bool lines = false)
    {
        var shows = text.Length == 0;
        var before = default(Rune);
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done)
                return false;
            at += length;
            if (!(VisibleText.IsIgnorable(rune) ? FitsBetween(before, rune, rest[length..]) : IsPlain(rune, lines)))
                return false;
            if (rune.Value == BlackFlag && TaggedFlags.FirstOrDefault(
                flag => text.AsSpan(at).StartsWith(flag, StringComparison.Ordinal)) is { } tags)
                at += tags.Length;
            shows |= VisibleText.Shows(rune);
            before = rune;
        }

        return shows;
    }

    private static bool IsPlain(Rune rune, bool lines) =>
        (rune.Value == '\n' && lines)
        || (!Rune.IsControl(rune)
            && Rune.GetUnicodeCategory(rune)
                is not UnicodeCategory.LineSeparator and not UnicodeCategory.ParagraphSeparator
            && (rune.Value & 0xFFFE) != 0xFFFE && rune.Value is not (>= 0xFDD0 and <= 0xFDEF));

    /// <summary>Whether a character that shows nothing by itself means something where it stands.</summary>
    private static bool FitsBetween(Rune before, Rune rune, ReadOnlySpan<char> rest)
    {
        // What cannot be decoded, or is not there, joins nothing.
        if (Rune.DecodeFromUtf16(rest, out var next, out _) != OperationStatus.Done)
            next = default;
        return rune.Value switch
        {
            ZeroWidthJoiner => (IsEmoji(before) && IsEmoji(next)) || (IsJoined(before) && IsJoined(next)),
            ZeroWidthNonJoiner => IsJoined(before) && IsJoined(next),
            >= 0xFE00 and <= 0xFE0F => HasVariants(before),
            >= 0x180B and <= 0x180F => before.Value is >= 0x1800 and <= 0x18AF,
            >= 0xE0100 and <= 0xE01EF => IsHan(before),
            _ => false,
        };
    }

    /// <summary>A symbol, or what can stand at the end of one: a skin tone, the selector of the emoji's form.</summary>
    private static bool IsEmoji(Rune rune) => rune.Value is 0xFE0F or 0x20E3 or 0x2194 or (>= 0x1F000 and <= 0x1FAFF)
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol;

    /// <summary>A letter or mark of a script whose letters join: Arabic, those of India and its neighbours.</summary>
    private static bool IsJoined(Rune rune) =>
        rune.Value is (>= 0x0600 and <= 0x109F) or (>= 0x1700 and <= 0x1CFF) or (>= 0xA800 and <= 0xABFF)
            or (>= 0xFB50 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC) or (>= 0x10A00 and <= 0x11FFF)
        && (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark);

    /// <summary>Letters of the alphabets have no forms to select: a selector would hide what is written.</summary>
    private static bool HasVariants(Rune rune) => VisibleText.Shows(rune)
        && (rune.Value is 0x2139 or >= 0x0600 || !Rune.IsLetter(rune));

    private static bool IsHan(Rune rune) => rune.Value is (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFD);
}
