using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>The player and its team. The team decides; this is the fence before it.</summary>
public sealed partial class PlayerGrain
{
    public Task<Outcome> CreateTeam(Caller caller, TeamWishes wishes) => Write(
        caller, Texts(wishes),
        shown => Relay(caller, key => Team(NewTeamId(key)).Create(Actor(key), With(wishes, shown))));

    public async Task<Outcome> InviteToTeam(Caller caller, long team, long player)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        if (await NameOf(player) is not { } name)
            return Outcome.Refused(GameError.PlayerNotFound);
        if (await HasBlockedThis(player))
            return Outcome.Refused(GameError.FriendBlocked);
        return await Relay(caller, key => Team(team).Invite(Actor(key), player, name));
    }

    public Task<Outcome> AnswerTeamInvite(Caller caller, long team, bool accept) => Relay(
        caller, key => Team(team).AnswerInvite(Actor(key), accept));

    public async Task<Outcome> AskForTeam(Caller caller, long team, long player)
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (player != 0 && await NameOf(player) is null)
            return Outcome.Refused(GameError.TeamNotFound);
        if (team == 0 && player != 0)
            team = (await GrainFactory.GetGrain<IMembershipGrain>(player).Get()).Team;
        if (team == 0)
            return Outcome.Refused(GameError.TeamNotFound);
        // The leader is the one who is asked, of an open team as well.
        var leader = (await Team(team).Members()).FirstOrDefault();
        if (await HasBlockedThis(leader) || (player != leader && await HasBlockedThis(player)))
            return Outcome.Refused(GameError.FriendBlocked);
        return await Relay(caller, key => Team(team).Ask(Actor(key)));
    }

    public async Task<Outcome> AnswerTeamAsk(Caller caller, long team, long player, bool accept)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        // Never waits for what the other player is doing: this one interleaves there.
        var presence = player == 0 || player == PlayerId || await NameOf(player) is null
            ? null
            : await GrainFactory.GetGrain<IPlayerSession>(player).GetPresence();
        if (accept && presence is null or { Status: PresenceStatus.Offline })
            return Outcome.Refused(GameError.TeamPlayerOffline);
        return await Relay(
            caller, key => Team(team).AnswerAsk(Actor(key), player, presence?.SessionsLost ?? 0, accept));
    }

    public Task<Outcome> LeaveTeam(Caller caller, long team) => Relay(caller, key => Team(team).Leave(Actor(key)));

    public Task<Outcome> KickFromTeam(Caller caller, long team, long player) => Relay(
        caller, key => Team(team).Kick(Actor(key), player));

    public Task<Outcome> TransferTeam(Caller caller, long team, long player) => Relay(
        caller, key => Team(team).Transfer(Actor(key), player));

    public Task<Outcome> ConfigureTeam(Caller caller, long team, TeamWishes wishes) => Write(
        caller, Texts(wishes), shown => Relay(caller, key => Team(team).Configure(Actor(key), With(wishes, shown))));

    public Task<Outcome> SetTeamReady(Caller caller, long team, bool ready) => Relay(
        caller, key => Team(team).SetReady(Actor(key), ready));

    public async Task<Outcome> FetchTeam(Caller caller)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var groups = await Membership.Get();
        return groups.Team == 0 ? Outcome.Refused(GameError.TeamNotIn) : await Team(groups.Team).Fetch(PlayerId);
    }

    private static Writing[] Texts(TeamWishes wishes) =>
        [new(wishes.Label, TeamRules.LabelLimit), new(wishes.Text, TeamRules.TextLimit)];

    private static TeamWishes With(TeamWishes wishes, string[] shown) =>
        wishes with { Label = shown[0], Text = shown[1] };

    private ITeamGrain Team(long team) => GrainFactory.GetGrain<ITeamGrain>(team);

    private TeamActor Actor(string key) => new(PlayerId, State.Profile.Name, Record.Session.Lost, key);

    /// <summary>Whether somebody has blocked this player; nobody has, if there is no such player.</summary>
    private async Task<bool> HasBlockedThis(long other) => other != 0 && other != PlayerId
        && (await GrainFactory.GetGrain<ISocialGrain>(other).Blocked()).Contains(PlayerId);

    /// <summary>A team that is asked for twice by one request is one team.</summary>
    private long NewTeamId(string key)
    {
        var seed = key.Length == 0 ? $"{Guid.NewGuid()}" : $"team/{PlayerId:x}/{KeyedAnswerRules.IdOf(key)}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return (BinaryPrimitives.ReadInt64BigEndian(hash) & long.MaxValue) | 1;
    }

    /// <summary>The name of a player, or null if there is none of that id.</summary>
    private async Task<string?> NameOf(long player)
    {
        if (player == PlayerId)
            return State.Profile.Name;
        if (player == 0)
            return null;
        return await GrainFactory.GetGrain<IPlayerProfile>(player).GetPublicProfile() is { } profile
            ? PublicProfile.Parser.ParseFrom(profile).Profile.Name
            : null;
    }
}
