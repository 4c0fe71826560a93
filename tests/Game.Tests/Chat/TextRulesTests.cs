namespace GameBackend.Game.Tests;

public sealed class TextRulesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Hi, all: 3 > 2!")]
    [InlineData("Grüße, привет, 你好, こんにちは, 안녕")]
    [InlineData("می‌خواهم")] // a non-joiner of Persian
    [InlineData("क्‍ष")] // a joiner of Devanagari
    [InlineData("👩‍👩‍👧‍👦 👍🏽 ❤️‍🔥 🏳️‍🌈 🙂‍↔️ 👁️‍🗨️ 🐦‍⬛ 1️⃣ ©️ ℹ️")]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿")] // England
    [InlineData("葛󠄀城")] // a variant of a Han character
    [InlineData("עברית العربية")]
    [InlineData("e\u0301")]
    [InlineData("a\u00A0b")]
    public void What_people_write_passes(string text) => Assert.Equal(GameError.Ok, TextRules.Check(text, 200));

    public static TheoryData<string> Unfit =>
    [
        " ", "\u00A0\u3000", "\u200B", "\u200B\u200B", "\u2800", " \u2800 ", "\u3164", "\u2060", "\uFE0F", "\u00AD",
        "a\u2028b", "a\u2029b", "a\u202Eb", "a\u202Ab", "a\u202Bb", "a\u202Cb", "a\u202Db", "a\u2066b", "a\u2067b",
        "a\u2068b", "a\u2069b", "a\u200Eb", "a\u200Fb", "a\u061Cb", "a\u200Bb", "a\u2060b", "a\u2064b", "a\uFEFFb",
        "a\u00ADb", "a\u034Fb", "a\u115Fb", "a\u1160b", "a\u17B4b", "a\u180Eb", "a\u3164b", "a\uFFA0b", "a\uFFF9b",
        "a\u0000b", "a\u0007b", "a\u007Fb", "a\u0085b", "a\tb", "a\rb", "a\nb", "a\uFFFEb", "a\uFDD0b",
        "a\u200Db", "\u200D", "a\u200C", "\u200Da", "😀\u200D", "\u200D😀", "b\uFE0Fad", "\uFE0Fa", "a\uFE00b",
        "a\U000E0041b", "\U0001F3F4\U000E0041", "\U000E0001a", "a\U000E0100b", "a\U000E01EFb", "a\U0001BCA0b",
        "a\U0001D173b",
    ];

    [Theory]
    [MemberData(nameof(Unfit))]
    public void What_shows_nothing_or_misleads_does_not(string text) =>
        Assert.Equal(GameError.InvalidArgument, TextRules.Check(text, 200));

    [Fact]
    public void Half_a_character_does_not()
    {
        foreach (var text in (string[])["a\uD800b", "a\uDC00b", "a\uD83D", "\uDE00\uD83D", "😀\u200D\uD83D"])
            Assert.Equal(GameError.InvalidArgument, TextRules.Check(text, 200));
    }

    [Fact]
    public void Line_feeds_pass_where_lines_do_and_alone_they_show_nothing()
    {
        Assert.Equal(GameError.Ok, TextRules.Check("a\nb", 200, lines: true));
        foreach (var text in (string[])["\n", "\n \n", "a\r\nb", "a\u2028b"])
            Assert.Equal(GameError.InvalidArgument, TextRules.Check(text, 200, lines: true));
    }

    [Fact]
    public void Length_counts_before_anything_else()
    {
        Assert.Equal(GameError.TextTooLong, TextRules.Check("a\u202Eb", 2));
        Assert.Equal(GameError.Ok, TextRules.Check("ab", 2));
    }

    [Fact]
    public void Every_feature_has_the_same_rule()
    {
        foreach (var text in ((IEnumerable<object[]>)Unfit).Select(row => (string)row[0]))
        {
            Assert.Equal(GameError.InvalidArgument, ChatRules.Validate(text));
            Assert.Equal(GameError.InvalidArgument, ChatRules.Validate(text, ChatRules.NoteLimit));
            Assert.Equal(GameError.InvalidArgument, FriendRules.SetStatus(new SocialRecord(), text));
            Assert.Equal(GameError.InvalidArgument, LetterRules.ValidateText(text, ""));
            Assert.Equal(GameError.NameInvalid, PlayerRules.ValidateName($"abc{text}"));
            Assert.Equal(GameError.GuildNameInvalid, GuildNames.Validate($"abc{text}{text}", "abc"));
            if (!text.Contains('\n', StringComparison.Ordinal))
                Assert.Equal(GameError.InvalidArgument, LetterRules.ValidateText("", text));
        }
    }
}
