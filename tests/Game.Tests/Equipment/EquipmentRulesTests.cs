namespace GameBackend.Game.Tests;

public sealed class EquipmentRulesTests
{
    [Fact]
    public void Equip_takes_the_item_out_of_the_bag()
    {
        var player = TestPlayer.With(("herb", 1), ("sword", 1));
        player.State.Slots[1].Bound = true;
        var change = player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 1));
        Assert.Equal("0:herb*1", player.Bag());
        Assert.Equal(
            [new EquippedItem { Place = EquipmentPlace.Weapon, Item = "sword", Bound = true }],
            change.Equipment);
        Assert.Equal((15, "equipment.equip"), (change.Stats.Attack, change.Cause));
    }

    [Fact]
    public void What_was_worn_goes_into_the_slot_even_of_a_full_bag()
    {
        var player = TestPlayer.With([("sword", 1), ("axe", 1), .. Enumerable.Repeat(("ring", 1U), 6)]);
        player.SetLevel(3);
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        player.Do((s, c, a) => BagRules.Move(s, c, a, 2, 0));
        player.Do((s, c, a) => ShopRules.Buy(s, c, a, "ring", 1));
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 1));
        Assert.StartsWith("0:ring*1 1:sword*1 2:ring*1", player.Bag());
        Assert.Equal("axe", player.State.Equipment.Single().Item);
    }

    [Fact]
    public void An_item_that_binds_when_worn_stays_bound()
    {
        var player = TestPlayer.With(("axe", 1));
        player.SetLevel(3);
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        player.Do((s, c, a) => EquipmentRules.Unequip(s, c, a, EquipmentPlace.Weapon));
        Assert.Equal("0:axe*1!", player.Bag());
    }

    [Theory]
    [InlineData(8, GameError.SlotInvalid)]
    [InlineData(uint.MaxValue, GameError.SlotInvalid)]
    [InlineData(3, GameError.SlotEmpty)]
    [InlineData(0, GameError.NotEquipment)]
    [InlineData(1, GameError.LevelTooLow)]
    [InlineData(2, GameError.ItemUnknown)]
    public void Equip_refuses(uint slot, GameError error) =>
        TestPlayer.With(("herb", 1), ("axe", 1), ("gone", 1))
            .Refused(error, (s, c, a) => EquipmentRules.Equip(s, c, a, slot));

    [Fact]
    public void One_of_a_stack_that_should_not_be_is_put_on()
    {
        var player = TestPlayer.With(("ring", 2));
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        player.Do((s, c, a) => ShopRules.Buy(s, c, a, "ring", 6));
        player.State.Slots[0].Count = 2;
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        Assert.Equal(8, player.State.Slots.Count);
        player.State.Slots[0].Count = 2;
        player.Refused(GameError.BagFull, (s, c, a) => EquipmentRules.Equip(s, c, a, 0));
    }

    [Fact]
    public void Unequip_puts_it_into_the_first_empty_slot()
    {
        var player = TestPlayer.With(("sword", 1), ("herb", 1));
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        player.Do((s, c, a) => BagRules.Move(s, c, a, 1, 0));
        var change = player.Do((s, c, a) => EquipmentRules.Unequip(s, c, a, EquipmentPlace.Weapon));
        Assert.Equal("0:herb*1 1:sword*1", player.Bag());
        Assert.Equal([new EquippedItem { Place = EquipmentPlace.Weapon }], change.Equipment);
        Assert.Equal(10, change.Stats.Attack);
    }

    [Fact]
    public void Unequip_of_an_item_that_is_gone_from_the_catalogue_gives_it_back()
    {
        var player = TestPlayer.With();
        player.State.Equipment.Add(new EquippedItem { Place = EquipmentPlace.Head, Item = "gone", Bound = true });
        player.Do((s, c, a) => EquipmentRules.Unequip(s, c, a, EquipmentPlace.Head));
        Assert.Equal("0:gone*1!", player.Bag());
    }

    [Theory]
    [InlineData(EquipmentPlace.Unspecified, GameError.EquipmentSlotInvalid)]
    [InlineData((EquipmentPlace)7, GameError.EquipmentSlotInvalid)]
    [InlineData((EquipmentPlace)(-1), GameError.EquipmentSlotInvalid)]
    [InlineData(EquipmentPlace.Ring, GameError.EquipmentSlotEmpty)]
    public void Unequip_refuses(EquipmentPlace place, GameError error) =>
        TestPlayer.With().Refused(error, (s, c, a) => EquipmentRules.Unequip(s, c, a, place));

    [Fact]
    public void Unequip_into_a_full_bag_is_refused()
    {
        var player = TestPlayer.With(("sword", 1));
        player.Do((s, c, a) => EquipmentRules.Equip(s, c, a, 0));
        player.Do((s, c, a) => ShopRules.Buy(s, c, a, "ring", 8));
        player.Refused(GameError.BagFull, (s, c, a) => EquipmentRules.Unequip(s, c, a, EquipmentPlace.Weapon));
    }
}
