using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class TeamRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<CreateTeamRequest, CreateTeamReply>(
            (call, r) => call.Player<IPlayerTeam>().CreateTeam(call.Caller, Wishes(r.Settings)));
        routes.Map<InviteToTeamRequest, InviteToTeamReply>(
            (call, r) => call.Player<IPlayerTeam>().InviteToTeam(call.Caller, (long)r.TeamId, (long)r.PlayerId));
        routes.Map<AnswerTeamInviteRequest, AnswerTeamInviteReply>(
            (call, r) => call.Player<IPlayerTeam>().AnswerTeamInvite(call.Caller, (long)r.TeamId, r.Accept));
        routes.Map<AskForTeamRequest, AskForTeamReply>(
            (call, r) => call.Player<IPlayerTeam>().AskForTeam(call.Caller, (long)r.TeamId, (long)r.PlayerId));
        routes.Map<AnswerTeamAskRequest, AnswerTeamAskReply>((call, r) => call.Player<IPlayerTeam>().AnswerTeamAsk(
            call.Caller, (long)r.TeamId, (long)r.PlayerId, r.Accept));
        routes.Map<LeaveTeamRequest, LeaveTeamReply>(
            (call, r) => call.Player<IPlayerTeam>().LeaveTeam(call.Caller, (long)r.TeamId));
        routes.Map<KickFromTeamRequest, KickFromTeamReply>(
            (call, r) => call.Player<IPlayerTeam>().KickFromTeam(call.Caller, (long)r.TeamId, (long)r.PlayerId));
        routes.Map<TransferTeamRequest, TransferTeamReply>(
            (call, r) => call.Player<IPlayerTeam>().TransferTeam(call.Caller, (long)r.TeamId, (long)r.PlayerId));
        routes.Map<ConfigureTeamRequest, ConfigureTeamReply>(
            (call, r) => call.Player<IPlayerTeam>().ConfigureTeam(call.Caller, (long)r.TeamId, Wishes(r.Settings)));
        routes.Map<SetTeamReadyRequest, SetTeamReadyReply>(
            (call, r) => call.Player<IPlayerTeam>().SetTeamReady(call.Caller, (long)r.TeamId, r.Ready));
        routes.Map<FetchTeamRequest, TeamView>((call, _) => call.Player<IPlayerTeam>().FetchTeam(call.Caller));
    }

    private static TeamWishes Wishes(TeamSettings? settings) => settings is null
        ? new TeamWishes("", false, "", "")
        : new TeamWishes(settings.Mode, settings.Open, settings.Label, settings.Text);
}
