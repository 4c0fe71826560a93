using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Dispatch;

/// <summary>A request on its way through a route: who asks, and the grains it may ask.</summary>
internal readonly record struct Call(Session Session, uint Id, Dispatcher Dispatcher)
{
    public Caller Caller => new(Session.SessionId, Session.Epoch, Id);

    public IGrainFactory Grains => Dispatcher.Grains;

    /// <summary>A side of the asking player's own grain.</summary>
    public TGrain Player<TGrain>() where TGrain : IGrainWithIntegerKey => Grains.GetGrain<TGrain>(Session.PlayerId);
}
