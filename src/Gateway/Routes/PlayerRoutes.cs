using GameBackend.Gateway.Dispatch;
using Google.Protobuf.Collections;

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
        routes.Map<ReadHoldingsRequest, ReadHoldingsReply>(ReadHoldings);
        routes.Map<BuyRequest, BuyReply>(
            (call, r) => call.Player<IPlayerProfile>().Buy(call.Caller, r.Item, r.Count));
    }

    /// <summary>The player tells all; a page is cut out of that here.</summary>
    private static async Task<Outcome> ReadHoldings(Call call, ReadHoldingsRequest request)
    {
        var outcome = await call.Player<IPlayerProfile>().ReadHoldings(call.Caller);
        return outcome.Error != GameError.Ok || (request.From == 0 && request.Count == 0)
            ? outcome
            : Outcome.Of(Page(ReadHoldingsReply.Parser.ParseFrom(outcome.Reply), request));
    }

    private static ReadHoldingsReply Page(ReadHoldingsReply whole, ReadHoldingsRequest request)
    {
        var page = new ReadHoldingsReply { Settled = whole.Settled };
        var end = request.Count == 0 ? long.MaxValue : (long)request.From + request.Count;
        var at = 0L;
        Take(whole.Hands, page.Hands);
        Take(whole.Letters, page.Letters);
        Take(whole.Escrow, page.Escrow);
        Take(whole.InTransit, page.InTransit);
        page.NextFrom = end < at ? (uint)end : 0;
        return page;

        void Take(RepeatedField<Holding> list, RepeatedField<Holding> into)
        {
            foreach (var holding in list)
            {
                if (at >= request.From && at < end)
                    into.Add(holding);
                at++;
            }
        }
    }

    private static async Task<Outcome> GetProfile(Call call, GetProfileRequest request)
    {
        if (request.PlayerId == 0)
            return Outcome.Refused(GameError.InvalidArgument);
        var profile = await call.Grains.GetGrain<IPlayerProfile>((long)request.PlayerId).GetPublicProfile();
        return profile is null ? Outcome.Refused(GameError.PlayerNotFound) : new Outcome(GameError.Ok, profile);
    }
}
