namespace GameBackend.Game.Tests;

public sealed class ValueRulesTests
{
    [Fact]
    public void Value_goes_from_one_player_to_another_whole_and_comes_back()
    {
        var (ann, bob) = (TestPlayer.With(("herb", 5)), TestPlayer.With());
        ann.State.Pets.Add(new Pet { Id = 3, Kind = "wolf", Level = 2, Experience = 7 });
        var (annBefore, bobBefore) = (Held(ann), Held(bob));
        var value = new Value
        {
            Currencies = { new Balance { Currency = "gold", Amount = 10 } },
            Items = { new ItemStack { Item = "herb", Count = 2 } },
            Pets = { new Pet { Id = 3 } },
        };

        var taken = new Value();
        ann.Do((s, c, a) => ValueRules.Take(s, c, a, value, "test", out taken));
        Assert.Equal(("wolf", 2u, 7ul), (taken.Pets[0].Kind, taken.Pets[0].Level, taken.Pets[0].Experience));
        bob.Do((s, c, a) => ValueRules.Give(s, c, a, taken, "test"));
        Assert.Equal(annBefore.Gold - 10, ann.Gold);
        Assert.Equal(bobBefore.Gold + 10, bob.Gold);
        Assert.Equal((2, 1), (Held(bob).Items, Held(bob).Pets - bobBefore.Pets));

        value.Pets[0].Id = bob.State.Pets[^1].Id;
        bob.Do((s, c, a) => ValueRules.Take(s, c, a, value, "test", out taken));
        ann.Do((s, c, a) => ValueRules.Give(s, c, a, taken, "test"));
        Assert.Equal((annBefore, bobBefore), (Held(ann), Held(bob)));
    }

    [Fact]
    public void What_is_not_there_or_bound_is_not_taken_and_nothing_else_with_it()
    {
        var player = TestPlayer.With(("herb", 5));
        player.State.Slots[0].Bound = true;
        player.Refused(GameError.NotEnoughItems, Take(new Value
        {
            Currencies = { new Balance { Currency = "gold", Amount = 1 } },
            Items = { new ItemStack { Item = "herb", Count = 1 } },
        }));
        player.Refused(GameError.PetNotFound, Take(new Value { Pets = { new Pet { Id = 99 } } }));
        player.Refused(
            GameError.InsufficientFunds,
            Take(new Value { Currencies = { new Balance { Currency = "gold", Amount = long.MaxValue } } }));
    }

    [Fact]
    public void A_value_from_a_client_is_something_and_names_nothing_twice()
    {
        Assert.Equal(GameError.InvalidArgument, ValueRules.Validate(new Value()));
        Assert.Equal(GameError.InvalidArgument, ValueRules.Validate(Gold(0)));
        Assert.Equal(GameError.InvalidArgument, ValueRules.Validate(Gold(-1)));
        Assert.Equal(GameError.InvalidArgument,
            ValueRules.Validate(new Value { Pets = { new Pet { Id = 1 }, new Pet { Id = 1 } } }));
        Assert.Equal(
            GameError.InvalidArgument,
            ValueRules.Validate(new Value { Items = { new ItemStack { Item = "herb", Count = 1, Bound = true } } }));
        Assert.Equal(GameError.Ok, ValueRules.Validate(Gold(1)));
    }

    [Fact]
    public void A_gift_that_no_starting_bag_holds_is_refused()
    {
        Assert.Equal(GameError.Ok, Validate(Gold(5000)));
        Assert.Equal(GameError.InvalidArgument, Validate(Gold(5001)));
        Assert.Equal(GameError.InvalidArgument, Validate(Gold(long.MaxValue)));
        Assert.Equal(GameError.InvalidArgument, Validate(new Value
        {
            Currencies = { Gold(long.MaxValue).Currencies, Gold(long.MaxValue).Currencies },
        }));
        Assert.Equal(GameError.Ok, Validate(Items(("sword", 4), ("herb", 40))));
        Assert.Equal(GameError.InvalidArgument, Validate(Items(("sword", 4), ("herb", 41))));
        Assert.Equal(GameError.InvalidArgument, Validate(Items(("sword", uint.MaxValue))));
        Assert.Equal(GameError.Ok, Validate(Wolves(4, 3)));
        Assert.Equal(GameError.InvalidArgument, Validate(Wolves(5, 1)));
        Assert.Equal(GameError.InvalidArgument, Validate(Wolves(1, 4)));

        static GameError Validate(Value value) => ValueRules.ValidateGift(SmallCatalogue.Instance, value);

        static Value Items(params (string Item, uint Count)[] items) =>
            new() { Items = { items.Select(item => new ItemStack { Item = item.Item, Count = item.Count }) } };

        static Value Wolves(int count, uint level) =>
            new() { Pets = { Enumerable.Range(0, count).Select(_ => new Pet { Kind = "wolf", Level = level }) } };
    }

    [Fact]
    public void What_fits_is_given_and_the_rest_is_named()
    {
        var player = TestPlayer.With(("herb", 8), ("ring", 1), ("ring", 1), ("ring", 1), ("ring", 1), ("ring", 1),
            ("ring", 1), ("ring", 1));
        var value = new Value
        {
            Currencies =
                { new Balance { Currency = "gold", Amount = 10 }, new Balance { Currency = "gem", Amount = 1000 } },
            Items = { new ItemStack { Item = "herb", Count = 5 }, new ItemStack { Item = "ring", Count = 1 } },
            Pets = { Enumerable.Range(0, 4).Select(_ => new Pet { Kind = "wolf", Level = 2 }) },
        };
        var rest = new Value();
        player.Do((s, c, a) => ValueRules.GiveWhatFits(s, c, a, value, FlowRules.TradeIn, out rest));
        var expected = new Value
        {
            Currencies = { new Balance { Currency = "gem", Amount = 1000 } },
            Items = { new ItemStack { Item = "herb", Count = 3 }, new ItemStack { Item = "ring", Count = 1 } },
            Pets = { new Pet { Kind = "wolf", Level = 2 } },
        };
        Assert.Equal(expected, rest);
        Assert.All(player.State.Ledger.Skip(7), entry => Assert.Equal(LedgerFlow.Moved, entry.Flow));
    }

    [Fact]
    public void A_bound_item_is_refused_by_name()
    {
        var player = TestPlayer.With(("herb", 5), ("herb", 1));
        player.State.Slots[0].Bound = true;
        var two = new Value { Items = { new ItemStack { Item = "herb", Count = 2 } } };
        Assert.Equal(GameError.ItemBound, ValueRules.Check(player.State, player.Catalogue, two, out _));
        two.Items[0].Count = 7;
        Assert.Equal(GameError.NotEnoughItems, ValueRules.Check(player.State, player.Catalogue, two, out _));
        two.Items[0].Count = 1;
        Assert.Equal(GameError.Ok, ValueRules.Check(player.State, player.Catalogue, two, out _));
    }

    private static TestPlayer.Rule Take(Value value) =>
        (s, c, a) => ValueRules.Take(s, c, a, value, "test", out _);

    private static Value Gold(long amount) =>
        new() { Currencies = { new Balance { Currency = "gold", Amount = amount } } };

    private static (long Gold, long Items, int Pets) Held(TestPlayer player) =>
        (player.Gold, player.State.Slots.Sum(slot => (long)slot.Count), player.State.Pets.Count);
}
