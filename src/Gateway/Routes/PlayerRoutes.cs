using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class PlayerRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<CreatePlayerRequest, CreatePlayerReply>(
            (call, r) => call.Player<IPlayerProfile>().Create(call.Caller, r.Name));
        routes.Map<FetchPlayerRequest, PlayerView>(
            (call, _) => call.Player<IPlayerProfile>().Fetch(call.Caller));
        routes.Map<RenameRequest, RenameReply>(
            (call, r) => call.Player<IPlayerProfile>().Rename(call.Caller, r.Name));
        routes.Map<SetProfileRequest, SetProfileReply>(
            (call, r) => call.Player<IPlayerProfile>().SetProfile(call.Caller, r.Avatar, r.Motto));
        routes.Map<GetProfileRequest, PublicProfile>(GetProfile);
        routes.Map<ReadLedgerRequest, ReadLedgerReply>(
            (call, r) => call.Player<IPlayerProfile>().ReadLedger(call.Caller, r.BeforeSeq, r.Count));
        routes.Map<ReadHoldingsRequest, ReadHoldingsReply>(
            (call, _) => call.Player<IPlayerProfile>().ReadHoldings(call.Caller));
        routes.Map<BuyRequest, BuyReply>(
            (call, r) => call.Player<IPlayerProfile>().Buy(call.Caller, r.Item, r.Count));
    }

    private static async Task<Outcome> GetProfile(Call call, GetProfileRequest request)
    {
        if (request.PlayerId == 0)
            return Outcome.Refused(GameError.InvalidArgument);
        var profile = await call.Grains.GetGrain<IPlayerProfile>((long)request.PlayerId).GetPublicProfile();
        return profile is null ? Outcome.Refused(GameError.PlayerNotFound) : new Outcome(GameError.Ok, profile);
    }
}
