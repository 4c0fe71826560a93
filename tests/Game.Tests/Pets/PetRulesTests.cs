namespace GameBackend.Game.Tests;

public sealed class PetRulesTests
{
    [Fact]
    public void Feed_raises_experience_and_level()
    {
        var player = TestPlayer.With(("berry", 10));
        var change = player.Do((s, c, a) => PetRules.Feed(s, c, a, 1, 0, 4));
        Assert.Equal([new Pet { Id = 1, Kind = "owl", Level = 2, Experience = 6 }], change.Pets);
        Assert.Equal(("0:berry*6", "pet.feed"), (player.Bag(), change.Cause));
        Assert.Null(change.Stats); // It is not the active one.
    }

    [Fact]
    public void A_pet_eats_no_more_than_it_can_grow_by()
    {
        var player = TestPlayer.With(("berry", 10));
        player.Do((s, c, a) => PetRules.Feed(s, c, a, 1, 0, 10)); // 30 are needed: eight berries.
        Assert.Equal((3U, 0UL), (player.State.Pets[0].Level, player.State.Pets[0].Experience));
        Assert.Equal("0:berry*2", player.Bag());
        player.Refused(GameError.PetMaxLevel, (s, c, a) => PetRules.Feed(s, c, a, 1, 0, 1));
    }

    [Fact]
    public void Feeding_the_active_pet_changes_the_stats()
    {
        var player = TestPlayer.With(("bone", 10));
        player.State.Pets[0].Kind = "wolf";
        player.Do((s, c, a) => PetRules.SetActive(s, c, a, 1));
        var change = player.Do((s, c, a) => PetRules.Feed(s, c, a, 1, 0, 1));
        Assert.Equal(new Stats { Health = 107, Attack = 15, Defence = 5, Speed = 2 }, change.Stats);
    }

    [Theory]
    [InlineData(1, 0, 0, GameError.InvalidArgument)]
    [InlineData(2, 0, 1, GameError.PetNotFound)]
    [InlineData(0, 0, 1, GameError.PetNotFound)]
    [InlineData(1, 8, 1, GameError.SlotInvalid)]
    [InlineData(1, 3, 1, GameError.SlotEmpty)]
    [InlineData(1, 0, 11, GameError.NotEnoughItems)]
    [InlineData(1, 0, uint.MaxValue, GameError.NotEnoughItems)]
    [InlineData(1, 1, 1, GameError.FoodInvalid)] // a herb
    [InlineData(1, 2, 1, GameError.FoodInvalid)] // a bone, which owls do not eat
    public void Feed_refuses(ulong pet, uint slot, uint count, GameError error) =>
        TestPlayer.With(("berry", 10), ("herb", 1), ("bone", 1))
            .Refused(error, (s, c, a) => PetRules.Feed(s, c, a, pet, slot, count));

    [Fact]
    public void A_pet_of_a_kind_that_is_gone_eats_nothing()
    {
        var player = TestPlayer.With(("berry", 10));
        player.State.Pets[0].Kind = "gone";
        player.Refused(GameError.FoodInvalid, (s, c, a) => PetRules.Feed(s, c, a, 1, 0, 1));
    }

    [Fact]
    public void SetActive_takes_out_and_puts_away()
    {
        var player = TestPlayer.Created();
        var change = player.Do((s, c, a) => PetRules.SetActive(s, c, a, 1));
        Assert.Equal((1UL, 10), (change.ActivePet, change.Stats.Speed));
        change = player.Do((s, c, a) => PetRules.SetActive(s, c, a, 0));
        Assert.True(change.HasActivePet);
        Assert.Equal((0UL, 1), (change.ActivePet, change.Stats.Speed));
        player.Refused(GameError.PetNotFound, (s, c, a) => PetRules.SetActive(s, c, a, 9));
    }

    [Fact]
    public void Releasing_the_active_pet_leaves_none_active()
    {
        var player = TestPlayer.Created();
        player.Do((s, c, a) => PetRules.SetActive(s, c, a, 1));
        var change = player.Do((s, c, a) => PetRules.Release(s, c, a, 1));
        Assert.Equal([1UL], change.PetsGone);
        Assert.True(change.HasActivePet);
        Assert.Equal((0UL, 0), (player.State.ActivePet, player.State.Pets.Count));
        player.Refused(GameError.PetNotFound, (s, c, a) => PetRules.Release(s, c, a, 1));
    }

    [Fact]
    public void Releasing_another_pet_leaves_the_active_one()
    {
        var player = TestPlayer.With(("egg", 1));
        player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 1));
        player.Do((s, c, a) => PetRules.SetActive(s, c, a, 1));
        var change = player.Do((s, c, a) => PetRules.Release(s, c, a, 2));
        Assert.False(change.HasActivePet);
        Assert.Equal(1UL, player.State.ActivePet);
    }

    [Fact]
    public void A_released_pets_id_is_not_given_again()
    {
        var player = TestPlayer.With(("egg", 1));
        player.Do((s, c, a) => PetRules.Release(s, c, a, 1));
        player.Do((s, c, a) => BagRules.Use(s, c, a, 0, 1));
        Assert.Equal([2UL], player.State.Pets.Select(p => p.Id));
    }
}
