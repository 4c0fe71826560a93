using GameBackend.Gateway.Battle;
using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

/// <summary>
/// Battles. A player comes in through the own grain, which is the fence; what follows in a stream goes to the battle at
/// once, under the epoch of the connection.
/// </summary>
internal sealed class BattleRoutes(BattleHub hub)
{
    public void Map(RouteTable routes)
    {
        routes.Map<JoinBattleRequest, JoinBattleReply>(Join);
        routes.Map<LeaveBattleRequest, LeaveBattleReply>(Leave);
        routes.MapInput<BattleInput, BattleInputReply>((call, body) => BattleHub.Submit(call.Session, call.Id, body));
        routes.Map<VoteSurrenderRequest, VoteSurrenderReply>((call, r) => call.Player<IPlayerBattles>().VoteSurrender(
            call.Caller, (long)r.BattleId, r.ForIt));
        routes.Map<WatchBattleRequest, WatchBattleReply>(Watch);
        routes.Map<ReadReplayRequest, ReadReplayReply>((call, r) => r.BattleId == 0
            ? Task.FromResult(Outcome.Refused(GameError.BattleNotFound))
            : call.Grains.GetGrain<IBattleGrain>((long)r.BattleId).ReadReplay(r.Page));
        routes.Map<GetRatingsRequest, GetRatingsReply>((call, r) => call.Player<IPlayerBattles>().GetRatings(
            call.Caller, (long)r.PlayerId));
        routes.Map<ReadBattleHistoryRequest, ReadBattleHistoryReply>((call, r) =>
            call.Player<IPlayerBattles>().ReadBattleHistory(call.Caller, r.BeforeSeq, r.Count));
    }

    private async Task<Outcome> Join(Call call, JoinBattleRequest request)
    {
        var outcome = await call.Player<IPlayerBattles>().JoinBattle(call.Caller, (long)request.BattleId);
        if (outcome.Error == GameError.Ok)
            hub.Join(call.Session, JoinBattleReply.Parser.ParseFrom(outcome.Reply));
        return outcome;
    }

    private async Task<Outcome> Leave(Call call, LeaveBattleRequest request)
    {
        var outcome = await call.Player<IPlayerBattles>().LeaveBattle(call.Caller, (long)request.BattleId);
        if (outcome.Error == GameError.Ok)
            hub.Leave(call.Session);
        return outcome;
    }

    private async Task<Outcome> Watch(Call call, WatchBattleRequest request)
    {
        if (request.BattleId == 0)
            return Outcome.Refused(GameError.BattleNotFound);
        var outcome = await call.Grains.GetGrain<IBattleGrain>((long)request.BattleId).Watch(call.Session.PlayerId);
        if (outcome.Error == GameError.Ok)
            hub.Watch(call.Session, WatchBattleReply.Parser.ParseFrom(outcome.Reply));
        return outcome;
    }
}
