namespace GameBackend.Game.Tests;

public sealed class NameKeysTests
{
    [Theory]
    [InlineData("ijssel", "ĳssel")]
    [InlineData("ljiljan", "ǉiǉan")]
    [InlineData("njegos", "ǌegos")]
    [InlineData("Džamija", "ǅamija")]
    [InlineData("DŽAMIJA", "ǆamija")]
    [InlineData("dzon", "ǳon")]
    [InlineData("lola", "ǀoǀa")]
    [InlineData("straße", "STRASSE")]
    [InlineData("coco", "сосо")] // Cyrillic
    [InlineData("MAX", "МАХ")] // Cyrillic
    [InlineData("max", "МАХ")]
    [InlineData("BETA", "ΒΕΤΑ")] // Greek
    [InlineData("OXO", "ΟΧΟ")]
    [InlineData("Illidan", "lllidan")]
    [InlineData("p0p0", "pOpO")]
    [InlineData("player1", "playerl")]
    [InlineData("modern", "modem")]
    [InlineData("カナ_1", "力ナ_1")] // Kana, Han
    [InlineData("Alice", "aLICE")]
    [InlineData("ΟΔΥΣΣΕΥΣ", "οδυσσευς")]
    [InlineData("TITANIC", "tıtanİc")]
    public void Names_that_fold_or_look_the_same_are_one(string one, string other) =>
        Assert.NotEmpty(PlayerRules.NameKeys(one).Intersect(PlayerRules.NameKeys(other)));

    [Theory]
    [InlineData("Zoë", "Zoe")]
    [InlineData("alice", "alicia")]
    [InlineData("bot_10", "bot_11")]
    [InlineData("Владимир", "Владислав")]
    [InlineData("三国無双", "三国無又")]
    [InlineData("홍길동", "홍길통")]
    [InlineData("nina", "viva")]
    [InlineData("ivan", "ian")]
    public void Other_names_are_not(string one, string other) =>
        Assert.Empty(PlayerRules.NameKeys(one).Intersect(PlayerRules.NameKeys(other)));

    [Fact]
    public void The_first_key_is_the_one_that_every_name_has_been_taken_under()
    {
        foreach (var name in (string[])["ĳssel", "Alice_1", "МАХ", "ΟΔΥΣΣΕΥΣ", "tıtanİc", "ſtraße", "홍길동"])
            Assert.Equal(PlayerRules.FoldName(name), PlayerRules.NameKeys(name)[0]);
        // As a version before has folded and saved it.
        Assert.Equal(["ĳssel", "ijssel", "ljssel"], PlayerRules.NameKeys("ĲSSEL"));
        Assert.Equal(["οδυσσευσ"], PlayerRules.NameKeys("ΟΔΥΣΣΕΥΣ").Take(1));
        Assert.Equal(["alice"], PlayerRules.NameKeys("Alice"));
    }

    [Fact]
    public void A_former_key_of_a_name_has_that_name_s_first_key()
    {
        foreach (var name in (string[])["ĲSSEL", "МАХ", "Illidan", "ΟΔΥΣΣΕΥΣ"])
            Assert.Equal(PlayerRules.FoldName(name), PlayerRules.NameKeys(PlayerRules.FoldName(name))[0]);
    }

    [Fact]
    public void Guild_names_and_tags_have_keys_alike()
    {
        var (name, tag) = GuildNames.Keys("The ĳssel", "Ǉ1");
        Assert.Equal(["guild/the ĳssel", "guild/the ijssel"], name);
        Assert.Equal(["guild-tag/ǉ1", "guild-tag/lj1", "guild-tag/ljl"], tag);
    }
}
