using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class MatchRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<QueueMatchRequest, QueueMatchReply>((call, r) => call.Player<IPlayerMatch>().QueueMatch(
            call.Caller, r.Mode, r.Role, [.. r.Latencies.Select(l => new RegionPing(l.Region, l.Milliseconds))]));
        routes.Map<CancelMatchRequest, CancelMatchReply>(
            (call, _) => call.Player<IPlayerMatch>().CancelMatch(call.Caller));
        routes.Map<AnswerReadyRequest, AnswerReadyReply>((call, r) => call.Player<IPlayerMatch>().AnswerReady(
            call.Caller, (long)r.MatchId, r.Ready, r.Role));
        routes.Map<GetMatchStatusRequest, GetMatchStatusReply>(
            (call, _) => call.Player<IPlayerMatch>().GetMatchStatus(call.Caller));
    }
}
