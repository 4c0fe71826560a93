namespace GameBackend.Game.Tests;

public sealed class StatsRulesTests
{
    [Fact]
    public void Level_equipment_and_the_active_pet_add_up()
    {
        var player = TestPlayer.With(("axe", 1), ("ring", 1));
        player.SetLevel(3);
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 1));
        player.Do((s, c, a) => GainRules.Grant(s, c, a, new Gains { Pets = ["wolf"] }, "test"));
        player.State.Pets[1].Level = 3;
        var change = player.Do((s, c, a) => PetRules.SetActive(s, c, a, 2));

        // Base 100/10/5/1, two levels of 10/1, axe 1/11, ring defence 4, wolf 7/3 and two levels of attack 2, speed 1.
        Assert.Equal(new Stats { Health = 128, Attack = 30, Defence = 9, Speed = 3 }, change.Stats);
        Assert.Equal(change.Stats, StatsRules.Of(player.State, player.Catalogue));
    }

    [Fact]
    public void An_inactive_pet_and_an_item_in_the_bag_add_nothing()
    {
        var player = TestPlayer.With(("sword", 1));
        player.Do((s, c, a) => GainRules.Grant(s, c, a, new Gains { Pets = ["wolf"] }, "test"));
        Assert.Equal(
            new Stats { Health = 100, Attack = 10, Defence = 5, Speed = 1 },
            StatsRules.Of(player.State, player.Catalogue));
    }

    [Fact]
    public void What_the_catalogue_does_not_know_any_more_adds_nothing()
    {
        var player = TestPlayer.Created();
        player.SetLevel(99);
        player.State.Equipment.Add(new EquippedItem { Place = EquipmentPlace.Head, Item = "gone" });
        player.State.Pets[0].Kind = "gone";
        player.State.ActivePet = 1;
        Assert.Equal(
            new Stats { Health = 130, Attack = 13, Defence = 5, Speed = 1 },
            StatsRules.Of(player.State, player.Catalogue));
    }

    [Fact]
    public void Stats_stop_at_the_largest_number()
    {
        var huge = new StatBlock(StatBlock.Limit, 1, 0, 0) * 1_000_000;
        Assert.Equal(new Stats { Health = int.MaxValue, Attack = 1_000_000 }, huge.ToStats());
    }
}
