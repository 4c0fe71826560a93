using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>What the player carries.</summary>
public sealed class BagCalls(GameClient client)
{
    /// <summary>Moves a stack: onto an empty slot, onto a stack of the same item (fills it up), or swaps two.</summary>
    public Task Move(uint from, uint to, CancellationToken cancellation = default) =>
        client.Call<MoveItemRequest, MoveItemReply>(new() { From = from, To = to }, cancellation);

    /// <summary>Takes part of a stack into an empty slot.</summary>
    public Task Split(uint from, uint to, uint count, CancellationToken cancellation = default) =>
        client.Call<SplitItemRequest, SplitItemReply>(new() { From = from, To = to, Count = count }, cancellation);

    /// <summary>Uses items: experience, currency, a pet, more room.</summary>
    public Task Use(uint slot, uint count, CancellationToken cancellation = default) =>
        client.Call<UseItemRequest, UseItemReply>(new() { Slot = slot, Count = count }, cancellation);

    public Task Sell(uint slot, uint count, CancellationToken cancellation = default) =>
        client.Call<SellItemRequest, SellItemReply>(new() { Slot = slot, Count = count }, cancellation);
}
