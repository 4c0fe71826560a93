using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>What the player wears.</summary>
public sealed class EquipmentCalls(GameClient client)
{
    /// <summary>Puts on the item of a bag slot; what was worn there goes back into that slot.</summary>
    public Task Equip(uint slot, CancellationToken cancellation = default) =>
        client.Call<EquipRequest, EquipReply>(new() { Slot = slot }, cancellation);

    public Task Unequip(EquipmentPlace place, CancellationToken cancellation = default) =>
        client.Call<UnequipRequest, UnequipReply>(new() { Place = place }, cancellation);
}
