namespace GameBackend.Game.Tests;

public sealed class ShopRulesTests
{
    [Fact]
    public void Buy_pays_and_fills_stacks_first()
    {
        var player = TestPlayer.With(("herb", 7), ("ring", 1), ("herb", 9));
        var change = player.Do((s, c, a) => ShopRules.Buy(s, c, a, "herb", 16));
        Assert.Equal("0:herb*10 1:ring*1 2:herb*10 3:herb*10 4:herb*2", player.Bag());
        Assert.Equal(1000 - 48, player.Gold);
        Assert.Equal("shop.buy", change.Cause);
        Assert.Equal((-48, "shop.buy"), (player.State.Ledger[^2].Amount, player.State.Ledger[^2].Reason));
    }

    [Fact]
    public void Bought_items_do_not_join_a_bound_stack()
    {
        var player = TestPlayer.With(("herb", 1));
        player.State.Slots[0].Bound = true;
        player.Do((s, c, a) => ShopRules.Buy(s, c, a, "herb", 1));
        Assert.Equal("0:herb*1! 1:herb*1", player.Bag());
    }

    [Theory]
    [InlineData("herb", 0, GameError.InvalidArgument)]
    [InlineData("nothing", 1, GameError.ItemUnknown)]
    [InlineData("", 1, GameError.ItemUnknown)]
    [InlineData("relic", 1, GameError.NotForSale)]
    [InlineData("herb", 334, GameError.InsufficientFunds)]
    [InlineData("herb", uint.MaxValue, GameError.InsufficientFunds)]
    [InlineData("herb", 81, GameError.BagFull)]
    public void Buy_refuses(string item, uint count, GameError error) =>
        TestPlayer.With().Refused(error, (s, c, a) => ShopRules.Buy(s, c, a, item, count));

    [Fact]
    public void The_whole_bag_can_be_filled()
    {
        var player = TestPlayer.With();
        player.Do((s, c, a) => ShopRules.Buy(s, c, a, "herb", 80));
        Assert.Equal(8, player.State.Slots.Count);
    }

    [Fact]
    public void The_largest_price_times_the_largest_count_does_not_wrap_round()
    {
        var catalogue = SmallCatalogue.After(json =>
        {
            json.Entry("currencies", "gold")["limit"] = 9_000_000_000_000;
            json.Entry("shop", "herb")["price"]!["amount"] = 9_000_000_000_000;
        });
        var player = TestPlayer.With();
        player.Catalogue = catalogue;
        player.Refused(GameError.InsufficientFunds, (s, c, a) => ShopRules.Buy(s, c, a, "herb", uint.MaxValue));
        player.Refused(GameError.InsufficientFunds, (s, c, a) => ShopRules.Buy(s, c, a, "herb", 2_049_638));
    }
}
