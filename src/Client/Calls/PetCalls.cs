using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>The player's pets.</summary>
public sealed class PetCalls(GameClient client)
{
    /// <summary>Feeds a pet with items of a bag slot, which raises its experience and level.</summary>
    public Task Feed(ulong pet, uint slot, uint count, CancellationToken cancellation = default) =>
        client.Call<FeedPetRequest, FeedPetReply>(new() { Pet = pet, Slot = slot, Count = count }, cancellation);

    /// <summary>Makes a pet the active one; 0 puts it away.</summary>
    public Task SetActive(ulong pet, CancellationToken cancellation = default) =>
        client.Call<SetActivePetRequest, SetActivePetReply>(new() { Pet = pet }, cancellation);

    public Task Release(ulong pet, CancellationToken cancellation = default) =>
        client.Call<ReleasePetRequest, ReleasePetReply>(new() { Pet = pet }, cancellation);
}
