using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class LeaderboardRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<ReadLeaderboardRequest, LeaderboardReply>((call, r) => call.Player<IPlayerBoards>().ReadLeaderboard(
            call.Caller, r.Board, r.Season, r.FromRank, r.Count));
        routes.Map<ReadAroundRequest, LeaderboardReply>(
            (call, r) => call.Player<IPlayerBoards>().ReadAround(call.Caller, r.Board, r.Count));
        routes.Map<ReadAmongFriendsRequest, LeaderboardReply>(
            (call, r) => call.Player<IPlayerBoards>().ReadAmongFriends(call.Caller, r.Board));
    }
}
