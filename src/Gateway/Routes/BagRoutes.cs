using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class BagRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<MoveItemRequest, MoveItemReply>(
            (call, r) => call.Player<IPlayerBag>().Move(call.Caller, r.From, r.To));
        routes.Map<SplitItemRequest, SplitItemReply>(
            (call, r) => call.Player<IPlayerBag>().Split(call.Caller, r.From, r.To, r.Count));
        routes.Map<UseItemRequest, UseItemReply>(
            (call, r) => call.Player<IPlayerBag>().Use(call.Caller, r.Slot, r.Count));
        routes.Map<SellItemRequest, SellItemReply>(
            (call, r) => call.Player<IPlayerBag>().Sell(call.Caller, r.Slot, r.Count));
    }
}
