namespace GameBackend.Game.Tests;

public sealed class BagRulesTests
{
    [Fact]
    public void Move_onto_an_empty_slot()
    {
        var player = TestPlayer.With(("herb", 7));
        var change = player.Do((s, c, a) => BagRules.Move(s, c, a, 0, 7));
        Assert.Equal("7:herb*7", player.Bag());
        Assert.Equal(
            new PlayerChanged
            {
                Version = 2,
                Cause = "bag.move",
                Slots = { new BagSlot { Slot = 0 }, new BagSlot { Slot = 7, Item = "herb", Count = 7 } },
            },
            change);
    }

    [Theory]
    [InlineData(3, 4, "1:herb*7")]
    [InlineData(7, 5, "0:herb*2 1:herb*10")]
    public void Move_onto_the_same_fills_it_up(uint from, uint to, string bag)
    {
        var player = TestPlayer.With(("herb", from), ("herb", to));
        player.Do((s, c, a) => BagRules.Move(s, c, a, 0, 1));
        Assert.Equal(bag, player.Bag());
    }

    [Fact]
    public void Move_onto_another_swaps_them()
    {
        var player = TestPlayer.With(("herb", 7), ("ring", 1));
        player.Do((s, c, a) => BagRules.Move(s, c, a, 1, 0));
        Assert.Equal("0:ring*1 1:herb*7", player.Bag());
    }

    [Fact]
    public void Bound_and_unbound_stacks_swap_and_do_not_mix()
    {
        var player = TestPlayer.With(("herb", 3), ("herb", 4));
        player.State.Slots[1].Bound = true;
        player.Do((s, c, a) => BagRules.Move(s, c, a, 0, 1));
        Assert.Equal("0:herb*4! 1:herb*3", player.Bag());
    }

    [Theory]
    [InlineData(0, 0, GameError.InvalidArgument)]
    [InlineData(8, 0, GameError.SlotInvalid)]
    [InlineData(0, 8, GameError.SlotInvalid)]
    [InlineData(uint.MaxValue, 0, GameError.SlotInvalid)]
    [InlineData(0, uint.MaxValue, GameError.SlotInvalid)]
    [InlineData(5, 0, GameError.SlotEmpty)]
    [InlineData(0, 1, GameError.StackLimit)]
    public void Move_refuses(uint from, uint to, GameError error) =>
        TestPlayer.With(("herb", 7), ("herb", 10)).Refused(error, (s, c, a) => BagRules.Move(s, c, a, from, to));

    [Fact]
    public void Split_takes_part_of_a_stack_into_an_empty_slot()
    {
        var player = TestPlayer.With(("herb", 7));
        player.State.Slots[0].Bound = true;
        player.Do((s, c, a) => BagRules.Split(s, c, a, 0, 3, 6));
        Assert.Equal("0:herb*1! 3:herb*6!", player.Bag());
    }

    [Theory]
    [InlineData(0, 2, 0, GameError.InvalidArgument)]
    [InlineData(0, 0, 1, GameError.InvalidArgument)]
    [InlineData(8, 2, 1, GameError.SlotInvalid)]
    [InlineData(0, 8, 1, GameError.SlotInvalid)]
    [InlineData(0, 1, 1, GameError.SlotInvalid)]
    [InlineData(2, 3, 1, GameError.SlotEmpty)]
    [InlineData(0, 2, 7, GameError.NotEnoughItems)]
    [InlineData(0, 2, uint.MaxValue, GameError.NotEnoughItems)]
    public void Split_refuses(uint from, uint to, uint count, GameError error) =>
        TestPlayer.With(("herb", 7), ("herb", 1)).Refused(error, (s, c, a) => BagRules.Split(s, c, a, from, to, count));

    [Fact]
    public void A_stack_over_a_limit_that_was_lowered_moves_and_splits_down_but_takes_no_more()
    {
        var player = TestPlayer.With(("herb", 30), ("herb", 2));
        player.Refused(GameError.StackLimit, (s, c, a) => BagRules.Move(s, c, a, 1, 0));
        player.Refused(GameError.StackLimit, (s, c, a) => BagRules.Split(s, c, a, 0, 2, 11));
        player.Do((s, c, a) => BagRules.Split(s, c, a, 0, 2, 10));
        player.Do((s, c, a) => BagRules.Move(s, c, a, 0, 3));
        player.Do((s, c, a) => ShopRules.Buy(s, c, a, "herb", 1));
        Assert.Equal("1:herb*3 2:herb*10 3:herb*20", player.Bag());
    }

    [Fact]
    public void Sell_pays_and_books()
    {
        var player = TestPlayer.With(("herb", 7));
        var change = player.Do((s, c, a) => BagRules.Sell(s, c, a, 0, 7));
        Assert.Equal(("", 1014, "item.sell"), (player.Bag(), player.Gold, change.Cause));
        Assert.Equal((14, "item.sell"), (player.State.Ledger[^2].Amount, player.State.Ledger[^2].Reason));
    }

    [Theory]
    [InlineData(0, 0, GameError.InvalidArgument)]
    [InlineData(8, 1, GameError.SlotInvalid)]
    [InlineData(3, 1, GameError.SlotEmpty)]
    [InlineData(0, 8, GameError.NotEnoughItems)]
    [InlineData(0, uint.MaxValue, GameError.NotEnoughItems)]
    [InlineData(1, 1, GameError.ItemNotSellable)]
    [InlineData(2, 1, GameError.ItemUnknown)]
    public void Sell_refuses(uint slot, uint count, GameError error) =>
        TestPlayer.With(("herb", 7), ("ring", 1), ("gone", 1))
            .Refused(error, (s, c, a) => BagRules.Sell(s, c, a, slot, count));

    [Fact]
    public void Sell_over_the_balance_limit_is_refused()
    {
        var player = TestPlayer.With(("herb", 7));
        player.SetBalance("gold", 4999);
        player.Refused(GameError.BalanceLimit, (s, c, a) => BagRules.Sell(s, c, a, 0, 1));
    }

    [Fact]
    public void An_item_that_the_catalogue_does_not_know_any_more_can_still_be_moved()
    {
        var player = TestPlayer.With(("gone", 5), ("gone", 5), ("herb", 1));
        player.Do((s, c, a) => BagRules.Move(s, c, a, 0, 2));
        player.Refused(GameError.StackLimit, (s, c, a) => BagRules.Move(s, c, a, 1, 2));
        player.Do((s, c, a) => BagRules.Split(s, c, a, 1, 3, 1));
        Assert.Equal("0:herb*1 1:gone*4 2:gone*5 3:gone*1", player.Bag());
    }
}
