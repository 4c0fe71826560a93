using System.Text;

namespace GameBackend.Game;

/// <summary>What of a text can be seen.</summary>
public static class VisibleText
{
    /// <summary>Whether a character can be seen.</summary>
    public static bool Shows(Rune rune) =>
        // The empty Braille cell counts as a symbol and looks like a space.
        !Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune) && !IsIgnorable(rune) && rune.Value is not (0 or 0x2800);

    /// <summary>
    /// Whether a character shows nothing by itself: Default_Ignorable_Code_Point of Unicode 16
    /// (DerivedCoreProperties.txt), and the marks of interlinear notes.
    /// </summary>
    public static bool IsIgnorable(Rune rune) => rune.Value is 0xAD or 0x34F or 0x61C or 0x3164 or 0xFEFF or 0xFFA0
        or (>= 0x115F and <= 0x1160) or (>= 0x17B4 and <= 0x17B5) or (>= 0x180B and <= 0x180F)
        or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F)
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF0 and <= 0xFFFB) or (>= 0x1BCA0 and <= 0x1BCA3)
        or (>= 0x1D173 and <= 0x1D17A) or (>= 0xE0000 and <= 0xE0FFF);
}
