namespace GameBackend.Game.Tests;

public sealed class PlayerDraftTests
{
    [Fact]
    public void Several_changes_make_one_delta_with_one_version()
    {
        var player = TestPlayer.With(("herb", 6), ("potion", 1));
        var change = player.Do((s, c, a) => PlayerDraft.Change(s, c, a, "craft", draft =>
        {
            Assert.Equal(GameError.Ok, draft.Bag.Remove("herb", 4));
            Assert.Equal(GameError.Ok, draft.Wallet.Book("gold", -10, "craft.fee"));
            Assert.Equal(GameError.Ok, draft.Wallet.Book("gold", -5, "craft.tip"));
            Assert.Equal(985, draft.Wallet.BalanceOf("gold"));
            var made = new Gains { Experience = 120, Items = [new ItemCount("ring", 1)], Pets = ["wolf"] };
            return draft.Gain(made, 1, "craft");
        }));

        Assert.Equal("0:herb*2 1:potion*1 2:ring*1", player.Bag());
        Assert.Equal((2U, 20UL, 200UL), (change.Level, change.Experience, change.ExperienceToNext));
        Assert.Equal([new Balance { Currency = "gold", Amount = 985 }], change.Wallet);
        Assert.Equal([2UL], change.Pets.Select(pet => pet.Id));
        Assert.Equal([0U, 2U], change.Slots.Select(slot => slot.Slot));
        string[] booked = [.. player.State.Ledger.TakeLast(5)
            .Select(e => $"{e.Currency}{e.Item}{e.Pet} {e.Amount} {e.BalanceAfter} {e.Flow}")];
        Assert.Equal(
            ["gold -10 990 Burnt", "gold -5 985 Burnt", "wolf 1 1 Minted", "herb -4 2 Burnt", "ring 1 1 Minted"],
            booked);
    }

    [Fact]
    public void A_refusal_at_the_end_undoes_everything_before_it() =>
        TestPlayer.With(("herb", 6)).Refused(GameError.PetNotFound, (s, c, a) =>
            PlayerDraft.Change(s, c, a, "t", draft =>
        {
            draft.Bag.Put(0, "ring", 1, true);
            draft.Bag.Grow(2);
            draft.Pets.Remove(1);
            draft.Pets.Active = 5;
            draft.Progress.Gain(1000);
            draft.Equipment.PutOn(EquipmentPlace.Head, "x", true);
            draft.Profile = new Profile { Name = "Eve" };
            draft.Wallet.Book("gem", 1, "t");
            return GameError.PetNotFound;
        }));

    [Fact]
    public void An_exception_undoes_everything_before_it()
    {
        var player = TestPlayer.With(("herb", 6));
        var before = player.State.ToByteArray();
        Assert.Throws<InvalidOperationException>(() =>
            PlayerDraft.Change(player.State, player.Catalogue, new Act("act/1", 1), "t", draft =>
            {
                draft.Bag.Put(0, "ring", 1, true);
                return draft.Wallet.Book("gold", 1, "t"); // "act/1" is the creation's.
            }));
        Assert.Equal(before, player.State.ToByteArray());
    }

    [Fact]
    public void Remove_takes_from_all_stacks_and_leaves_bound_items_if_asked()
    {
        var player = TestPlayer.With(("herb", 6), ("herb", 3), ("herb", 4));
        player.State.Slots[2].Bound = true;
        player.Refused(GameError.NotEnoughItems, (s, c, a) =>
            PlayerDraft.Change(s, c, a, "t", draft => draft.Bag.Remove("herb", 10, unboundOnly: true)));
        player.Refused(GameError.InvalidArgument, (s, c, a) =>
            PlayerDraft.Change(s, c, a, "t", draft => draft.Bag.Remove("herb", 0)));
        player.Do((s, c, a) =>
            PlayerDraft.Change(s, c, a, "t", draft => draft.Bag.Remove("herb", 4, unboundOnly: true)));
        Assert.Equal("0:herb*5 2:herb*4!", player.Bag());
        player.Do((s, c, a) => PlayerDraft.Change(s, c, a, "t", draft => draft.Bag.Remove("herb", 9)));
        Assert.Equal("", player.Bag());
    }

    [Fact]
    public void Gains_come_whole_or_not_at_all()
    {
        var player = TestPlayer.Created();
        Refused(GameError.BalanceLimit, new Gains { Experience = 1, Currencies = [new Money("gem", 81)] });
        Refused(GameError.InvalidArgument, new Gains { Currencies = [new Money("gold", -1)] });
        Refused(GameError.InvalidArgument, new Gains { Currencies = [new Money("silver", 1)] });
        Refused(GameError.ItemUnknown, new Gains { Experience = 1, Items = [new ItemCount("gone", 1)] });
        Refused(GameError.BagFull, new Gains { Experience = 1, Items = [new ItemCount("ring", 4)] });
        Refused(GameError.BagFull, new Gains { Items = [new ItemCount("herb", uint.MaxValue)] });
        Refused(GameError.InvalidArgument, new Gains { Items = [new ItemCount("herb", 0)] });
        Refused(GameError.PetLimit, new Gains { Experience = 1, Pets = ["owl", "owl", "wolf", "wolf"] });
        Refused(GameError.InvalidArgument, new Gains { Pets = ["gone"] });

        var gains = new Gains
        {
            Experience = ulong.MaxValue,
            Currencies = [new Money("gem", 80)],
            Pets = ["owl", "owl", "wolf"],
        };
        var change = player.Do((s, c, a) => GainRules.Grant(s, c, a, gains, "battle.reward"));
        Assert.Equal("battle.reward", change.Cause);
        Assert.Equal((4U, 0UL, 0UL), (player.State.Level, player.State.Experience, change.ExperienceToNext));
        Assert.Equal(100, player.Gem);

        void Refused(GameError error, Gains refused) =>
            player.Refused(error, (s, c, a) => GainRules.Grant(s, c, a, refused, "test"));
    }
}
