using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>
/// Guilds. Changes come as <see cref="GuildChanged"/>, from the version that <see cref="Fetch"/> has given.
/// </summary>
public sealed class GuildCalls(GameClient client)
{
    /// <summary>Founds a guild for the fee, and leads it.</summary>
    /// <param name="name">3 to 24 letters, digits, underscores and single spaces, not taken by another guild.</param>
    /// <param name="tag">2 to 5 letters and digits, not taken by another guild.</param>
    public Task<CreateGuildReply> Create(
        string name, string tag, GuildJoinMode joinMode = GuildJoinMode.Invitation, string emblem = "",
        CancellationToken cancellation = default) =>
        client.Call<CreateGuildRequest, CreateGuildReply>(
            new() { Name = name, Tag = tag, JoinMode = joinMode, Emblem = emblem }, cancellation);

    /// <summary>The player's own guild, whole.</summary>
    public Task<GuildView> Fetch(CancellationToken cancellation = default) =>
        client.Call<FetchGuildRequest, GuildView>(new(), cancellation);

    /// <summary>What everybody may know of a guild.</summary>
    public Task<GuildSummary> Get(ulong guildId, CancellationToken cancellation = default) =>
        client.Call<GetGuildRequest, GuildSummary>(new() { GuildId = guildId }, cancellation);

    /// <summary>A page of guilds. For the next one, pass the reply's cursor with the same query.</summary>
    public Task<SearchGuildsReply> Search(SearchGuildsRequest query, CancellationToken cancellation = default) =>
        client.Call<SearchGuildsRequest, SearchGuildsReply>(query, cancellation);

    /// <summary>Joins, or asks to.</summary>
    public Task<JoinGuildReply> Join(ulong guildId, CancellationToken cancellation = default) =>
        client.Call<JoinGuildRequest, JoinGuildReply>(new() { GuildId = guildId }, cancellation);

    /// <summary>Takes a request to join back.</summary>
    public Task<GuildDone> Withdraw(ulong guildId, CancellationToken cancellation = default) =>
        client.Call<WithdrawGuildRequest, GuildDone>(new() { GuildId = guildId }, cancellation);

    public Task<GuildDone> Invite(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<InviteToGuildRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    /// <summary>Takes an invitation back.</summary>
    public Task<GuildDone> Revoke(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<RevokeGuildInviteRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    public Task<GuildDone> Accept(ulong guildId, CancellationToken cancellation = default) =>
        client.Call<AcceptGuildInviteRequest, GuildDone>(new() { GuildId = guildId }, cancellation);

    public Task<GuildDone> Decline(ulong guildId, CancellationToken cancellation = default) =>
        client.Call<DeclineGuildInviteRequest, GuildDone>(new() { GuildId = guildId }, cancellation);

    /// <summary>The open requests and invitations of the guild.</summary>
    public Task<GuildApplications> ListApplications(CancellationToken cancellation = default) =>
        client.Call<ListGuildApplicationsRequest, GuildApplications>(new(), cancellation);

    public Task<GuildDone> Approve(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<ApproveGuildRequestRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    public Task<GuildDone> Reject(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<RejectGuildRequestRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    public Task<GuildDone> Leave(ulong guildId, CancellationToken cancellation = default) =>
        client.Call<LeaveGuildRequest, GuildDone>(new() { GuildId = guildId }, cancellation);

    public Task<GuildDone> Kick(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<KickGuildMemberRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    public Task<GuildDone> Ban(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<BanFromGuildRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    public Task<GuildDone> Unban(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<UnbanFromGuildRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    public Task<GuildBans> ListBans(CancellationToken cancellation = default) =>
        client.Call<ListGuildBansRequest, GuildBans>(new(), cancellation);

    /// <summary>Promotes or demotes.</summary>
    public Task<GuildDone> SetRank(ulong playerId, GuildRank rank, CancellationToken cancellation = default) =>
        client.Call<SetGuildRankRequest, GuildDone>(new() { PlayerId = playerId, Rank = rank }, cancellation);

    /// <summary>Makes another member the leader.</summary>
    public Task<GuildDone> Transfer(ulong playerId, CancellationToken cancellation = default) =>
        client.Call<TransferGuildRequest, GuildDone>(new() { PlayerId = playerId }, cancellation);

    /// <summary>Says what a rank may do.</summary>
    public Task<GuildDone> SetPermissions(GuildRights rights, CancellationToken cancellation = default) =>
        client.Call<SetGuildPermissionsRequest, GuildDone>(new() { Rights = rights }, cancellation);

    public Task<GuildDone> Disband(ulong guildId, CancellationToken cancellation = default) =>
        client.Call<DisbandGuildRequest, GuildDone>(new() { GuildId = guildId }, cancellation);

    /// <summary>Sets the parts that are present in the request.</summary>
    public Task<GuildDone> Configure(ConfigureGuildRequest wishes, CancellationToken cancellation = default) =>
        client.Call<ConfigureGuildRequest, GuildDone>(wishes, cancellation);

    /// <summary>Gives currency to the guild's funds.</summary>
    public Task<DonateToGuildReply> Donate(string currency, long amount, CancellationToken cancellation = default) =>
        client.Call<DonateToGuildRequest, DonateToGuildReply>(
            new() { Currency = currency, Amount = amount }, cancellation);

    /// <summary>A page of the guild's log, newest first.</summary>
    /// <param name="beforeSeq">Entries before this one; 0 starts at the newest.</param>
    /// <param name="count">1 to 100; 0 means 50.</param>
    public Task<ReadGuildLogReply> ReadLog(
        ulong beforeSeq = 0, uint count = 0, CancellationToken cancellation = default) =>
        client.Call<ReadGuildLogRequest, ReadGuildLogReply>(
            new() { BeforeSeq = beforeSeq, Count = count }, cancellation);

    public Task<GuildShop> FetchShop(CancellationToken cancellation = default) =>
        client.Call<FetchGuildShopRequest, GuildShop>(new(), cancellation);

    /// <summary>Buys for points of contribution. What was bought comes as a push.</summary>
    public Task<GuildDone> Buy(string offer, uint count = 1, CancellationToken cancellation = default) =>
        client.Call<BuyFromGuildRequest, GuildDone>(new() { Offer = offer, Count = count }, cancellation);

    /// <summary>The player's own open invitations.</summary>
    public Task<GuildInvitations> ListInvitations(CancellationToken cancellation = default) =>
        client.Call<ListGuildInvitationsRequest, GuildInvitations>(new(), cancellation);
}
