namespace GameBackend.Grains.Interfaces;

/// <summary>A player's pets. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerPets")]
public interface IPlayerPets : IGrainWithIntegerKey
{
    [Alias("Feed")]
    Task<Outcome> Feed(Caller caller, ulong pet, uint slot, uint count);

    [Alias("SetActive")]
    Task<Outcome> SetActive(Caller caller, ulong pet);

    [Alias("Release")]
    Task<Outcome> Release(Caller caller, ulong pet);
}
