namespace GameBackend.Game.Tests;

public sealed class GuildFundsTests
{
    [Fact]
    public void A_gift_raises_the_funds_and_the_giver()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(1), "gold", 40, out _));
        Assert.Equal((40L, 40L, 0L), (guild.State.Funds, guild.State.Given, guild.State.Spent));
        Assert.Equal((4L, 4L), (guild.Member(1).Points, guild.Member(1).Contribution));
        Assert.Equal(50, guild.Change!.Funds.NextLevelCost);
        Assert.Equal([new Balance { Currency = "gold", Amount = 40 }], guild.State.Donated);
    }

    [Fact]
    public void The_guild_rises_as_soon_as_its_funds_pay_for_it()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(1), "gold", 160, out _));
        Assert.Equal((3u, 10L, 150L), (guild.State.Level, guild.State.Funds, guild.State.Spent));
        Assert.Equal([GuildEvent.Donated, GuildEvent.Level, GuildEvent.Level],
            guild.Change!.Entries.Select(entry => entry.Event));
        Assert.Equal((6u, 0L), (guild.Change.Funds.Cap, guild.Change.Funds.NextLevelCost));
    }

    [Theory]
    [InlineData("gold", 15)]
    [InlineData("gold", 0)]
    [InlineData("gold", -10)]
    [InlineData("stone", 10)]
    public void What_is_no_gift_is_refused(string currency, long amount)
    {
        var guild = new TestGuild();
        guild.Refuse(GameError.InvalidArgument, (s, g) =>
            GuildRules.Donate(s, g, guild.Act(1), currency, amount, out _));
        guild.Refuse(GameError.NotInGuild, (s, g) => GuildRules.Donate(s, g, guild.Act(2), "gold", 10, out _));
    }

    [Fact]
    public void Funds_have_a_limit()
    {
        var guild = new TestGuild();
        guild.Refuse(GameError.BalanceLimit, (s, g) => GuildRules.Donate(
            s, g, guild.Act(1), "gold", 9_000_000_000_010, out _));
        guild.Refuse(GameError.BalanceLimit, (s, g) => GuildRules.Donate(
            s, g, guild.Act(1), "gem", long.MaxValue, out _));
    }

    [Fact]
    public void Points_buy_what_the_guild_owes_from_then_on()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(1), "gold", 40, out _));
        guild.Refuse(GameError.GuildLevelTooLow, (s, g) => GuildRules.Buy(s, g, guild.Act(1), "gems", 1));
        guild.Refuse(GameError.GuildOfferUnknown, (s, g) => GuildRules.Buy(s, g, guild.Act(1), "x", 1));
        guild.Refuse(GameError.InvalidArgument, (s, g) => GuildRules.Buy(s, g, guild.Act(1), "herbs", 0));
        guild.Refuse(GameError.NotInGuild, (s, g) => GuildRules.Buy(s, g, guild.Act(2), "herbs", 1));
        guild.Refuse(GameError.GuildPointsMissing, (s, g) => GuildRules.Buy(s, g, guild.Act(1), "herbs", 3));
        guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(1), "herbs", 2));
        Assert.Equal(0, guild.Member(1).Points);
        Assert.Equal(4, guild.Member(1).Contribution);
        Assert.Equal(
            new ItemStack { Item = "herb", Count = 6 }, Assert.Single(guild.State.Duties).Value.Items.Single());
    }

    [Fact]
    public void A_limited_offer_is_sold_anew_each_day()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(1), "gold", 1000, out _));
        guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(1), "herbs", 2));
        guild.Refuse(GameError.GuildOfferSoldOut, (s, g) => GuildRules.Buy(s, g, guild.Act(1), "herbs", 2));
        guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(1), "herbs", 1));
        guild.NowMs += (long)TimeSpan.FromDays(1).TotalMilliseconds;
        guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(1), "herbs", 3));
        Assert.Equal(3u, GuildRules.BoughtToday(guild.Member(1), "herbs", guild.NowMs));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_leaves_and_comes_back_has_not_more_of_a_limited_offer(bool isKicked)
    {
        var guild = new TestGuild();
        guild.Enter(2);
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(2), "gold", 100, out _));
        guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(2), "herbs", 2));
        if (isKicked) guild.Do((s, g) => GuildRules.Kick(s, g, guild.Act(1), 2));
        else guild.Do((s, g) => GuildRules.Leave(s, g, guild.Act(2)));
        guild.Enter(2);
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(2), "gold", 100, out _));
        guild.Refuse(GameError.GuildOfferSoldOut, (s, g) => GuildRules.Buy(s, g, guild.Act(2), "herbs", 2));
        Assert.Equal(2u, GuildRules.BoughtToday(guild.Member(2), "herbs", guild.NowMs));
        Assert.Empty(guild.State.Former);

        guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(2), "herbs", 1));
        guild.Do((s, g) => GuildRules.Leave(s, g, guild.Act(2)));
        guild.NowMs += (long)TimeSpan.FromDays(1).TotalMilliseconds;
        guild.Enter(2);
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(2), "gold", 100, out _));
        guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(2), "herbs", 3));
    }

    [Fact]
    public void What_former_members_have_bought_is_kept_for_the_day_and_not_of_any_number()
    {
        var guild = new TestGuild();
        for (var player = 2; player < GuildRules.FormerKept + 12; player++)
        {
            guild.Enter(player);
            guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(player), "gold", 20, out _));
            guild.Do((s, g) => GuildRules.Buy(s, g, guild.Act(player), "herbs", 1));
            guild.Do((s, g) => GuildRules.Leave(s, g, guild.Act(player)));
        }

        Assert.Equal(GuildRules.FormerKept, guild.State.Former.Count);
        guild.NowMs += (long)TimeSpan.FromDays(1).TotalMilliseconds;
        guild.Enter(2);
        guild.Do((s, g) => GuildRules.Leave(s, g, guild.Act(2)));
        Assert.Empty(guild.State.Former);
    }
}
