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
        Assert.Equal([true, true, true, false], Take(50_000));
        Assert.False(breath.TryTake(pace, 50_999, out _));
        Assert.True(breath.TryTake(pace, 51_000, out _));
        Assert.False(breath.TryTake(pace, 51_000, out _));
        Assert.Equal([true, true, true, false], Take(90_000));

        bool[] Take(long nowMs) => [.. Enumerable.Range(0, 4).Select(each => breath.TryTake(pace, nowMs, out _))];
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1000)]
    [InlineData(10, 250)]
    public void Each_line_that_is_refused_is_told_its_own_time_and_has_room_then(int burst, int everyMs)
    {
        const int refused = 20;
        var breath = new ChatBreath();
        var pace = new ChatPace(burst, everyMs);
        for (var i = 0; i < burst; i++)
            Assert.True(breath.TryTake(pace, 50_000, out _));
        var told = new uint[refused];
        for (var i = 0; i < refused; i++)
            Assert.False(breath.TryTake(pace, 50_000, out told[i]));
        Assert.Equal(told.Distinct().Order(), told);
        Assert.All(told, waitMs => Assert.True(breath.TryTake(pace, 50_000 + waitMs, out _)));
    }

    [Fact]
    public void Who_never_waits_is_told_of_a_minute_at_the_most()
    {
        var breath = new ChatBreath();
        for (var i = 0; i < 1000; i++)
        {
            breath.TryTake(new ChatPace(1, 1000), 50_000, out var waitMs);
            Assert.InRange(waitMs, 0u, 60_000u);
        }
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
