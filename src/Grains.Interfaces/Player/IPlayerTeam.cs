namespace GameBackend.Grains.Interfaces;

/// <summary>The player's way to its team. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerTeam")]
public interface IPlayerTeam : IGrainWithIntegerKey
{
    [Alias("CreateTeam")]
    Task<Outcome> CreateTeam(Caller caller, TeamWishes wishes);

    [Alias("InviteToTeam")]
    Task<Outcome> InviteToTeam(Caller caller, long team, long player);

    [Alias("AnswerTeamInvite")]
    Task<Outcome> AnswerTeamInvite(Caller caller, long team, bool accept);

    /// <param name="team">0 for the team of <paramref name="player"/>.</param>
    [Alias("AskForTeam")]
    Task<Outcome> AskForTeam(Caller caller, long team, long player);

    [Alias("AnswerTeamAsk")]
    Task<Outcome> AnswerTeamAsk(Caller caller, long team, long player, bool accept);

    [Alias("LeaveTeam")]
    Task<Outcome> LeaveTeam(Caller caller, long team);

    [Alias("KickFromTeam")]
    Task<Outcome> KickFromTeam(Caller caller, long team, long player);

    [Alias("TransferTeam")]
    Task<Outcome> TransferTeam(Caller caller, long team, long player);

    [Alias("ConfigureTeam")]
    Task<Outcome> ConfigureTeam(Caller caller, long team, TeamWishes wishes);

    [Alias("SetTeamReady")]
    Task<Outcome> SetTeamReady(Caller caller, long team, bool ready);

    [Alias("FetchTeam")]
    Task<Outcome> FetchTeam(Caller caller);
}
