using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>Putting equipment on and taking it off.</summary>
internal sealed class SmokeEquipment(SmokeBot smoke)
{
    public async Task Run()
    {
        var before = await smoke.View();
        var sword = SmokeBot.SlotOf(before, "sword.wooden");
        var view = await smoke.Writes("equipment.equip", c => c.Equipment.Equip(sword));
        smoke.Expect(view.Equipment.Any(e => e is { Place: EquipmentPlace.Weapon, Item: "sword.wooden" }),
            "no sword is worn");
        smoke.Expect(view.Stats.Attack > before.Stats.Attack, "the sword adds no attack");
        smoke.Expect(SmokeBot.Count(view, "sword.wooden") == SmokeBot.Count(before, "sword.wooden") - 1,
            "the sword is still in the bag");
        view = await smoke.Writes("equipment.unequip", c => c.Equipment.Unequip(EquipmentPlace.Weapon));
        smoke.Expect(view.Stats.Equals(before.Stats) && view.Equipment.Count == before.Equipment.Count,
            "the sword is still worn");
        smoke.Expect(SmokeBot.Count(view, "sword.wooden") == SmokeBot.Count(before, "sword.wooden"),
            "the sword is gone");
        await smoke.Refuses(GameError.EquipmentSlotEmpty, "take off nothing",
            c => c.Equipment.Unequip(EquipmentPlace.Ring));
        await smoke.Refuses(GameError.EquipmentSlotInvalid, "take off nowhere",
            c => c.Equipment.Unequip((EquipmentPlace)99));
        await smoke.Refuses(GameError.NotEquipment, "wear wood", c => c.Equipment.Equip(SmokeBot.SlotOf(view,
            "wood.oak")));
        await smoke.Refuses(GameError.SlotEmpty, "wear nothing", c => c.Equipment.Equip(SmokeBot.EmptySlot(view)));
        view = await smoke.Writes("shop.buy", c => c.Player.Buy("sword.iron", 1));
        await smoke.Refuses(GameError.LevelTooLow, "wear a sword too good",
            c => c.Equipment.Equip(SmokeBot.SlotOf(view, "sword.iron")));
    }
}
