using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>The player's pets.</summary>
public sealed partial class PlayerGrain
{
    public Task<Outcome> Feed(Caller caller, ulong pet, uint slot, uint count) => Change<FeedPetRequest>(
        caller, (state, catalogue, act) => PetRules.Feed(state, catalogue, act, pet, slot, count));

    public Task<Outcome> SetActive(Caller caller, ulong pet) => Change<SetActivePetRequest>(
        caller, (state, catalogue, act) => PetRules.SetActive(state, catalogue, act, pet));

    public Task<Outcome> Release(Caller caller, ulong pet) => Change<ReleasePetRequest>(
        caller, (state, catalogue, act) => PetRules.Release(state, catalogue, act, pet));
}
