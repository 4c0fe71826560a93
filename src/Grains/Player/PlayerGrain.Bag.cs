using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>What the player carries.</summary>
public sealed partial class PlayerGrain
{
    public Task<Outcome> Move(Caller caller, uint from, uint to) => Change<MoveItemRequest>(
        caller, (state, catalogue, act) => BagRules.Move(state, catalogue, act, from, to));

    public Task<Outcome> Split(Caller caller, uint from, uint to, uint count) => Change<SplitItemRequest>(
        caller, (state, catalogue, act) => BagRules.Split(state, catalogue, act, from, to, count));

    public Task<Outcome> Use(Caller caller, uint slot, uint count) => Change<UseItemRequest>(
        caller, (state, catalogue, act) => BagRules.Use(state, catalogue, act, slot, count));

    public Task<Outcome> Sell(Caller caller, uint slot, uint count) => Change<SellItemRequest>(
        caller, (state, catalogue, act) => BagRules.Sell(state, catalogue, act, slot, count));
}
