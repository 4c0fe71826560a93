namespace GameBackend.Game.Tests;

public sealed class ChatRulesTests
{
    [Theory]
    [InlineData("hello", GameError.Ok)]
    [InlineData("", GameError.InvalidArgument)]
    [InlineData("   ", GameError.InvalidArgument)]
    [InlineData("a\nb", GameError.InvalidArgument)]
    [InlineData("\u200b\u2060", GameError.InvalidArgument)]
    [InlineData(" \u00ad\ufe0f\u3164\u2800\ufeff\U000E0041", GameError.InvalidArgument)]
    [InlineData("\u200d", GameError.InvalidArgument)]
    [InlineData("👩\u200d👩\u200d👧 ❤\ufe0f", GameError.Ok)]
    [InlineData("می\u200cخواهم", GameError.Ok)]
    [InlineData("க்\u200dஷ", GameError.Ok)]
    public void A_line_has_text_and_no_control_characters(string text, GameError expected) =>
        Assert.Equal(expected, ChatRules.Validate(text));

    [Fact]
    public void A_line_is_bounded()
    {
        Assert.Equal(GameError.Ok, ChatRules.Validate(new string('界', ChatRules.TextLimit)));
        Assert.Equal(GameError.TextTooLong, ChatRules.Validate(new string('x', ChatRules.TextLimit + 1)));
    }

    [Fact]
    public void Breath_lasts_for_a_burst_and_comes_back_with_time()
    {
        var breath = new ChatBreath();
        var pace = new ChatPace(Burst: 3, EveryMs: 1000);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => breath.TryTake(pace, 50_000)));
        Assert.False(breath.TryTake(pace, 50_999));
        Assert.True(breath.TryTake(pace, 51_000));
        Assert.False(breath.TryTake(pace, 51_000));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => breath.TryTake(pace, 90_000)));
    }

    [Fact]
    public void Players_are_spread_over_the_world_channels()
    {
        var players = Enumerable.Range(1, 4000).Select(i => ChatRules.OwnWorld(i * 4096L, 4)).GroupBy(world => world);
        Assert.Equal([1u, 2u, 3u, 4u], players.Select(group => group.Key).Order());
        Assert.All(players, group => Assert.InRange(group.Count(), 700, 1300));
    }

    [Fact]
    public void A_channel_is_one_whoever_names_it()
    {
        Assert.Equal(ChatRules.PrivateChannel(5, 900), ChatRules.PrivateChannel(900, 5));
        Assert.Equal((ChatKind.World, 3), ChatRules.Parse(ChatRules.Channel(ChatKind.World, 3)));
        Assert.Equal(
            (ChatKind.Guild, long.MaxValue), ChatRules.Parse(ChatRules.Channel(ChatKind.Guild, long.MaxValue)));
        Assert.Equal((ChatKind.Team, 77), ChatRules.Parse(ChatRules.Channel(ChatKind.Team, 77)));
        Assert.Equal(ChatKind.Private, ChatRules.Parse(ChatRules.PrivateChannel(5, 900)).Kind);
    }

    [Theory]
    [InlineData("a darn thing", "a **** thing")]
    [InlineData("DARNED", "****ED")]
    [InlineData("d4rn D@RN", "**** ****")]
    [InlineData("darndarning", "***********")]
    [InlineData("a fine day", "a fine day")]
    [InlineData("ﬁne 😀 darn", "ﬁne 😀 ****")]
    [InlineData("😀 d\u200barn\u200b!", "😀 *****\u200b!")]
    [InlineData("da\U000E0041r\u00ad\u2060n", "********")]
    [InlineData("👩\u200d👧 ❤\ufe0f", "👩\u200d👧 ❤\ufe0f")]
    public void Words_of_the_list_are_starred_out(string text, string expected) =>
        Assert.Equal(expected, new WordFilter(["darn", "darning"]).Apply(text));

    [Fact]
    public void The_games_own_list_loads() => Assert.NotEqual("fuck", WordFilter.LoadDefault().Apply("fuck"));
}
