using GameBackend.Protocol;

namespace GameBackend.Client.Tests;

public sealed class PlayerFoldTests
{
    [Fact]
    public void Lists_stay_in_the_order_of_their_keys()
    {
        var view = new PlayerView();
        Fold(view, Slots(3, 9), Worn(EquipmentPlace.Ring), Money("gem", "iron"), Pets(2, 7));
        Fold(view, Slots(5, 0), Worn(EquipmentPlace.Weapon), Money("gold", "Coin"), Pets(4));
        Fold(view, [new BagSlot { Slot = 3 }]);
        Fold(view, Slots(3, 5));

        Assert.Equal([0u, 3, 5, 9], view.Bag.Slots.Select(slot => slot.Slot));
        Assert.Equal([EquipmentPlace.Weapon, EquipmentPlace.Ring], view.Equipment.Select(worn => worn.Place));
        Assert.Equal(["Coin", "gem", "gold", "iron"], view.Wallet.Select(balance => balance.Currency));
        Assert.Equal([2ul, 4, 7], view.Pets.Select(pet => pet.Id));
        Assert.Equal(PlayerFold.Normalise(view), view);
    }

    private static void Fold(
        PlayerView view, IEnumerable<BagSlot> slots, IEnumerable<EquippedItem>? worn = null,
        IEnumerable<Balance>? money = null, IEnumerable<Pet>? pets = null) => PlayerFold.Apply(view, new PlayerChanged
        {
            Slots = { slots },
            Equipment = { worn ?? [] },
            Wallet = { money ?? [] },
            Pets = { pets ?? [] },
        });

    private static IEnumerable<BagSlot> Slots(params uint[] slots) =>
        slots.Select(slot => new BagSlot { Slot = slot, Item = "herb", Count = 1 });

    private static IEnumerable<EquippedItem> Worn(EquipmentPlace place) =>
        [new EquippedItem { Place = place, Item = "x" }];

    private static IEnumerable<Balance> Money(params string[] currencies) =>
        currencies.Select(currency => new Balance { Currency = currency, Amount = 1 });

    private static IEnumerable<Pet> Pets(params ulong[] ids) => ids.Select(id => new Pet { Id = id, Kind = "owl" });
}
