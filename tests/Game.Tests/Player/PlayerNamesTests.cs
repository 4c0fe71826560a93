namespace GameBackend.Game.Tests;

public sealed class PlayerNamesTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("Alice_1234567890")]
    [InlineData("___")]
    [InlineData("Zoë")]
    [InlineData("Владимир")]
    [InlineData("Ολυμπία")]
    [InlineData("さくらgirl99")]
    [InlineData("三国無双")]
    [InlineData("홍길동")]
    public void Letters_digits_and_underscores_make_a_name(string name) =>
        Assert.Equal(GameError.Ok, PlayerRules.ValidateName(name));

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Alice_12345678901")]
    [InlineData("Al ice")]
    [InlineData(" Alice")]
    [InlineData("Alice!")]
    [InlineData("Ali\u200Bce")] // zero-width space
    [InlineData("Ali\u202Ece")] // right-to-left override
    [InlineData("Zoe\u0308")] // a combining mark
    [InlineData("Ａｌｉｃｅ")] // full-width forms
    [InlineData("𝐀𝐥𝐢𝐜𝐞")] // outside the basic plane
    [InlineData("١٢٣")] // digits that are not ASCII
    [InlineData("Al\u0456ce")] // a Cyrillic letter among Latin ones
    [InlineData("Αlice")] // a Greek letter among Latin ones
    [InlineData("ªªª")]
    [InlineData("×××")]
    public void Anything_else_does_not(string name) =>
        Assert.Equal(GameError.NameInvalid, PlayerRules.ValidateName(name));

    [Theory]
    [InlineData("Alice", "aLICE")]
    [InlineData("ZOË", "zoë")]
    [InlineData("ВЛАДИМИР", "владимир")]
    [InlineData("ΟΔΥΣΣΕΥΣ", "οδυσσευς")]
    [InlineData("TITANIC", "tıtanİc")]
    [InlineData("Ÿÿÿ", "ÿŸŸ")]
    public void Names_that_differ_in_case_alone_fold_to_the_same(string one, string other) =>
        Assert.Equal(PlayerRules.FoldName(one), PlayerRules.FoldName(other));

    [Fact]
    public void Folding_tells_different_names_apart_and_is_done_once()
    {
        Assert.NotEqual(PlayerRules.FoldName("Zoë"), PlayerRules.FoldName("Zoe"));
        Assert.Equal("alice_1", PlayerRules.FoldName("Alice_1"));
        for (var c = '0'; c < '\uD7FF'; c++)
        {
            var once = PlayerRules.FoldName(c.ToString());
            Assert.Equal(once, PlayerRules.FoldName(once));
        }
    }
}
