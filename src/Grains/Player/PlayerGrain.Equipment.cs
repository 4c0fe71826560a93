using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>What the player wears.</summary>
public sealed partial class PlayerGrain
{
    public Task<Outcome> Equip(Caller caller, uint slot) => Change<EquipRequest>(
        caller, (state, catalogue, act) => EquipmentRules.Equip(state, catalogue, act, slot));

    public Task<Outcome> Unequip(Caller caller, EquipmentPlace place) => Change<UnequipRequest>(
        caller, (state, catalogue, act) => EquipmentRules.Unequip(state, catalogue, act, place));
}
