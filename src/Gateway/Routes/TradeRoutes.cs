using GameBackend.Gateway.Dispatch;
using Google.Protobuf;

namespace GameBackend.Gateway.Routes;

internal static class TradeRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<OpenTradeRequest, OpenTradeReply>(
            (call, r) => call.Player<IPlayerTrade>().OpenTrade(call.Caller, (long)r.Player));
        routes.Map<AcceptTradeRequest, AcceptTradeReply>(
            (call, r) => call.Player<IPlayerTrade>().AcceptTrade(call.Caller, (long)r.Trade));
        routes.Map<OfferTradeRequest, OfferTradeReply>((call, r) => call.Player<IPlayerTrade>().OfferInTrade(
            call.Caller, (long)r.Trade, r.Value?.ToByteArray() ?? []));
        routes.Map<LockTradeRequest, LockTradeReply>(
            (call, r) => call.Player<IPlayerTrade>().LockTrade(call.Caller, (long)r.Trade, r.Revision));
        routes.Map<ConfirmTradeRequest, ConfirmTradeReply>(
            (call, r) => call.Player<IPlayerTrade>().ConfirmTrade(call.Caller, (long)r.Trade, r.Revision));
        routes.Map<CancelTradeRequest, CancelTradeReply>(
            (call, r) => call.Player<IPlayerTrade>().CancelTrade(call.Caller, (long)r.Trade));
        routes.Map<GetTradeRequest, TradeView>(
            (call, r) => call.Player<IPlayerTrade>().GetTrade(call.Caller, (long)r.Trade));
    }
}
