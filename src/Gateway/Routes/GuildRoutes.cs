using GameBackend.Gateway.Dispatch;
using Google.Protobuf;

namespace GameBackend.Gateway.Routes;

/// <summary>Most requests go through as they are: the player's grain passes them on to the guild.</summary>
internal static class GuildRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<CreateGuildRequest, CreateGuildReply>(
            (call, r) => call.Player<IPlayerGuild>().CreateGuild(call.Caller, r.ToByteArray()));
        routes.Map<DonateToGuildRequest, DonateToGuildReply>(
            (call, r) => call.Player<IPlayerGuild>().DonateToGuild(call.Caller, r.Currency, r.Amount));
        routes.Map<SearchGuildsRequest, SearchGuildsReply>(
            (call, r) => call.Player<IPlayerGuild>().SearchGuilds(call.Caller, r.ToByteArray()));
        routes.Map<ListGuildInvitationsRequest, GuildInvitations>(
            (call, _) => call.Player<IPlayerGuild>().ListGuildInvitations(call.Caller));
        routes.Map<GetGuildRequest, GuildSummary>((call, r) => call.Player<IPlayerGuild>().ReadNamedGuild(
            call.Caller, (long)r.GuildId, Opcodes.Of<GetGuildRequest>().Op, r.ToByteArray()));

        Read<FetchGuildRequest, GuildView>(routes);
        Read<ListGuildApplicationsRequest, GuildApplications>(routes);
        Read<ListGuildBansRequest, GuildBans>(routes);
        Read<ReadGuildLogRequest, ReadGuildLogReply>(routes);
        Read<FetchGuildShopRequest, GuildShop>(routes);

        Named<JoinGuildRequest, JoinGuildReply>(routes, r => r.GuildId);
        Named<WithdrawGuildRequest, GuildDone>(routes, r => r.GuildId);
        Named<AcceptGuildInviteRequest, GuildDone>(routes, r => r.GuildId);
        Named<DeclineGuildInviteRequest, GuildDone>(routes, r => r.GuildId);
        Named<LeaveGuildRequest, GuildDone>(routes, r => r.GuildId);
        Named<DisbandGuildRequest, GuildDone>(routes, r => r.GuildId);

        Order<InviteToGuildRequest>(routes, r => r.PlayerId);
        Order<BanFromGuildRequest>(routes, r => r.PlayerId);
        Order<RevokeGuildInviteRequest>(routes);
        Order<ApproveGuildRequestRequest>(routes);
        Order<RejectGuildRequestRequest>(routes);
        Order<KickGuildMemberRequest>(routes);
        Order<UnbanFromGuildRequest>(routes);
        Order<SetGuildRankRequest>(routes);
        Order<TransferGuildRequest>(routes);
        Order<SetGuildPermissionsRequest>(routes);
        Order<ConfigureGuildRequest>(routes);
        Order<BuyFromGuildRequest>(routes);
    }

    /// <summary>A command to the player's own guild.</summary>
    /// <param name="target">The player it is about, if that one need not be a member.</param>
    private static void Order<TRequest>(RouteTable routes, Func<TRequest, ulong>? target = null)
        where TRequest : class, IMessage<TRequest>, new()
    {
        var op = Opcodes.Of<TRequest>().Op;
        routes.Map<TRequest, GuildDone>((call, r) => call.Player<IPlayerGuild>().OrderGuild(
            call.Caller, op, r.ToByteArray(), target is null ? 0 : (long)target(r)));
    }

    private static void Named<TRequest, TReply>(RouteTable routes, Func<TRequest, ulong> guild)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        var op = Opcodes.Of<TRequest>().Op;
        routes.Map<TRequest, TReply>((call, r) => call.Player<IPlayerGuild>().OrderNamedGuild(
            call.Caller, (long)guild(r), op, r.ToByteArray()));
    }

    private static void Read<TRequest, TReply>(RouteTable routes)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        var op = Opcodes.Of<TRequest>().Op;
        routes.Map<TRequest, TReply>(
            (call, r) => call.Player<IPlayerGuild>().ReadGuild(call.Caller, op, r.ToByteArray()));
    }
}
