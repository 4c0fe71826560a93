using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Dispatch;

/// <summary>A request on its way through a route: who asks what, and the grains it may ask.</summary>
/// <param name="BodyHash">See <see cref="RequestIds.Hash"/>; 0 for a request without an id.</param>
/// <param name="Again">Whether an earlier try of a write came to no clear end.</param>
internal readonly record struct Call(
    Session Session, uint Id, Dispatcher Dispatcher, uint Op = 0, ulong BodyHash = 0, bool Again = false)
{
    public Caller Caller => new(Session.SessionId, Session.Epoch, Id, Op, BodyHash, Again);

    public IGrainFactory Grains => Dispatcher.Grains;

    /// <summary>A side of the asking player's own grain.</summary>
    public TGrain Player<TGrain>() where TGrain : IGrainWithIntegerKey => Grains.GetGrain<TGrain>(Session.PlayerId);
}
