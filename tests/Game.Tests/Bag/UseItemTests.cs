namespace GameBackend.Game.Tests;

public sealed class UseItemTests
{
    [Fact]
    public void Experience_raises_the_level()
    {
        var player = TestPlayer.With(("potion", 10));
        var change = player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 4));
        Assert.Equal("0:potion*6", player.Bag());
        Assert.Equal((2U, 20UL, 200UL), (change.Level, change.Experience, change.ExperienceToNext));
        Assert.Equal(110, change.Stats.Health);
        Assert.Equal("item.use", change.Cause);
    }

    [Fact]
    public void Experience_within_a_level_leaves_the_level_out_of_the_delta()
    {
        var change = TestPlayer.With(("potion", 1)).Do((s, c, a) => BagRules.Use(s, c, a, 0, 1));
        Assert.Equal(30UL, change.Experience);
        Assert.False(change.HasLevel || change.HasExperienceToNext);
        Assert.Null(change.Stats);
    }

    [Fact]
    public void No_more_potions_are_drunk_than_help()
    {
        var player = TestPlayer.With(("potion", 10));
        player.SetLevel(3, 215); // 85 are missing: three potions.
        var change = player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 10));
        Assert.Equal("0:potion*7", player.Bag());
        Assert.Equal((4U, 0UL, 0UL), (change.Level, change.Experience, change.ExperienceToNext));
        player.Refused(GameError.ItemNotUsable, (s, c, a) => BagRules.Use(s, c, a, 0, 1));
    }

    [Fact]
    public void A_curve_that_was_lowered_is_caught_up_with_by_the_next_potion()
    {
        var player = TestPlayer.With(("potion", 2));
        player.SetLevel(2, 700);
        player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 2));
        Assert.Equal((4U, 0UL, "0:potion*1"), (player.State.Level, player.State.Experience, player.Bag()));
    }

    [Fact]
    public void A_pouch_pays_every_currency_with_one_key_each()
    {
        var player = TestPlayer.With(("pouch", 3));
        player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 3));
        Assert.Equal((1300, 23, ""), (player.Gold, player.Gem, player.Bag()));
        Assert.Equal(["act/2", "act/2#2", "act/2#3"], player.State.Ledger.TakeLast(3).Select(e => e.IdempotencyKey));
        Assert.Equal(
            [(300L, 1300L), (3L, 23L), (-3L, 0L)],
            player.State.Ledger.TakeLast(3).Select(e => (e.Amount, e.BalanceAfter)));
    }

    [Fact]
    public void A_pouch_over_the_balance_limit_stays_shut()
    {
        var player = TestPlayer.With(("pouch", 3));
        player.SetBalance("gem", 98);
        player.Refused(GameError.BalanceLimit, (s, c, a) => BagRules.Use(s, c, a, 0, 3));
        player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 2));
    }

    [Fact]
    public void Eggs_hatch_up_to_the_limit_of_pets()
    {
        var player = TestPlayer.With(("egg", 5));
        player.Refused(GameError.PetLimit, (s, c, a) => BagRules.Use(s, c, a, 0, 4));
        var change = player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 3));
        Assert.Equal([2UL, 3UL, 4UL], change.Pets.Select(p => p.Id));
        Assert.All(change.Pets, p => Assert.Equal(("wolf", 1U), (p.Kind, p.Level)));
    }

    [Fact]
    public void A_pack_makes_the_bag_larger_up_to_its_limit()
    {
        var player = TestPlayer.With(("pack", 5)); // 8 slots, 2 more with each pack, 13 at most.
        player.Refused(GameError.ItemNotUsable, (s, c, a) => BagRules.Use(s, c, a, 0, 3));
        var change = player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 2));
        Assert.Equal((12U, "0:pack*3"), (change.BagCapacity, player.Bag()));
        player.Do((s, c, a) => BagRules.Move(s, c, a, 0, 11));
        player.Refused(GameError.ItemNotUsable, (s, c, a) => BagRules.Use(s, c, a, 11, 1));
    }

    [Fact]
    public void What_comes_out_of_a_chest_may_take_its_slot()
    {
        var full = Enumerable.Repeat(("ring", 1U), 6).ToArray();
        var player = TestPlayer.With([("chest", 1), ("herb", 8), .. full]);
        // Two herbs and the sword need a slot each.
        player.Refused(GameError.BagFull, (s, c, a) => BagRules.Use(s, c, a, 0, 1));
        player.State.Slots[1].Count = 6;
        player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 1));
        Assert.StartsWith("0:sword*1 1:herb*10 2:ring*1", player.Bag());
        Assert.Equal(10UL, player.State.Experience);
    }

    [Fact]
    public void A_chest_opens_at_the_last_level_too()
    {
        var player = TestPlayer.With(("chest", 1));
        player.SetLevel(4);
        player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 1));
        Assert.Equal((4U, 0UL), (player.State.Level, player.State.Experience));
    }

    [Theory]
    [InlineData(0, 0, GameError.InvalidArgument)]
    [InlineData(8, 1, GameError.SlotInvalid)]
    [InlineData(4, 1, GameError.SlotEmpty)]
    [InlineData(0, 4, GameError.NotEnoughItems)]
    [InlineData(0, uint.MaxValue, GameError.NotEnoughItems)]
    [InlineData(1, 1, GameError.ItemNotUsable)]
    [InlineData(2, 1, GameError.LevelTooLow)]
    [InlineData(3, 1, GameError.ItemUnknown)]
    public void Use_refuses(uint slot, uint count, GameError error) =>
        TestPlayer.With(("potion", 3), ("herb", 1), ("elixir", 1), ("gone", 1))
            .Refused(error, (s, c, a) => BagRules.Use(s, c, a, slot, count));
}
