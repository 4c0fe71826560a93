using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>
/// The player's team. It is kept up to date by <see cref="TeamChanged"/> and <see cref="TeamGone"/>; of two views of
/// one team the one with the larger version is true.
/// </summary>
public sealed class TeamCalls(GameClient client)
{
    /// <returns>The id of the new team, which the player leads.</returns>
    public async Task<ulong> Create(TeamSettings? settings = null, CancellationToken cancellation = default) =>
        (await client.Call<CreateTeamRequest, CreateTeamReply>(new() { Settings = settings }, cancellation)
            .ConfigureAwait(false)).TeamId;

    /// <summary>Invites a player, who is told by <see cref="TeamInvited"/>.</summary>
    public Task Invite(ulong team, ulong player, CancellationToken cancellation = default) =>
        client.Call<InviteToTeamRequest, InviteToTeamReply>(new() { TeamId = team, PlayerId = player }, cancellation);

    public Task AnswerInvite(ulong team, bool accept, CancellationToken cancellation = default) =>
        client.Call<AnswerTeamInviteRequest, AnswerTeamInviteReply>(
            new() { TeamId = team, Accept = accept }, cancellation);

    /// <summary>Joins an open team, or asks the leader of a closed one.</summary>
    public Task<AskForTeamReply> Ask(ulong team, CancellationToken cancellation = default) =>
        client.Call<AskForTeamRequest, AskForTeamReply>(new() { TeamId = team }, cancellation);

    /// <summary>As <see cref="Ask"/>, for the team in which a player is.</summary>
    public Task<AskForTeamReply> AskPlayer(ulong player, CancellationToken cancellation = default) =>
        client.Call<AskForTeamRequest, AskForTeamReply>(new() { PlayerId = player }, cancellation);

    /// <summary>Lets somebody in who has asked, or not.</summary>
    public Task AnswerAsk(ulong team, ulong player, bool accept, CancellationToken cancellation = default) =>
        client.Call<AnswerTeamAskRequest, AnswerTeamAskReply>(
            new() { TeamId = team, PlayerId = player, Accept = accept }, cancellation);

    public Task Leave(ulong team, CancellationToken cancellation = default) =>
        client.Call<LeaveTeamRequest, LeaveTeamReply>(new() { TeamId = team }, cancellation);

    public Task Kick(ulong team, ulong player, CancellationToken cancellation = default) =>
        client.Call<KickFromTeamRequest, KickFromTeamReply>(new() { TeamId = team, PlayerId = player }, cancellation);

    /// <summary>Makes another member the leader.</summary>
    public Task Transfer(ulong team, ulong player, CancellationToken cancellation = default) =>
        client.Call<TransferTeamRequest, TransferTeamReply>(new() { TeamId = team, PlayerId = player }, cancellation);

    /// <summary>Sets all settings.</summary>
    public Task Configure(ulong team, TeamSettings settings, CancellationToken cancellation = default) =>
        client.Call<ConfigureTeamRequest, ConfigureTeamReply>(
            new() { TeamId = team, Settings = settings }, cancellation);

    public Task SetReady(ulong team, bool ready, CancellationToken cancellation = default) =>
        client.Call<SetTeamReadyRequest, SetTeamReadyReply>(new() { TeamId = team, Ready = ready }, cancellation);

    /// <summary>The player's own team.</summary>
    public Task<TeamView> Fetch(CancellationToken cancellation = default) =>
        client.Call<FetchTeamRequest, TeamView>(new(), cancellation);
}
