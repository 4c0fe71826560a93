namespace GameBackend.Grains.Interfaces;

/// <summary>What a player wears. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerEquipment")]
public interface IPlayerEquipment : IGrainWithIntegerKey
{
    [Alias("Equip")]
    Task<Outcome> Equip(Caller caller, uint slot);

    [Alias("Unequip")]
    Task<Outcome> Unequip(Caller caller, EquipmentPlace place);
}
