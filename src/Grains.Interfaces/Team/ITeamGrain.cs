namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A team, keyed by its id. It decides what its players' commands do, once for a player and key, and never calls a
/// player's grain inside of one.
/// </summary>
[Alias("gb.Team")]
public interface ITeamGrain : IGrainWithIntegerKey
{
    [Alias("Create")]
    Task<Outcome> Create(TeamActor actor, TeamWishes wishes);

    [Alias("Invite")]
    Task<Outcome> Invite(TeamActor actor, long player, string name);

    /// <summary>One of two players has blocked the other: open invitations and wishes between them are over.</summary>
    [Alias("Withdraw")]
    Task Withdraw(long one, long other);

    [Alias("AnswerInvite")]
    Task<Outcome> AnswerInvite(TeamActor actor, bool accept);

    [Alias("Ask")]
    Task<Outcome> Ask(TeamActor actor);

    /// <param name="lostBefore">How many sessions the player who has asked had lost before the present one.</param>
    [Alias("AnswerAsk")]
    Task<Outcome> AnswerAsk(TeamActor actor, long player, ulong lostBefore, bool accept);

    [Alias("Leave")]
    Task<Outcome> Leave(TeamActor actor);

    [Alias("Kick")]
    Task<Outcome> Kick(TeamActor actor, long player);

    [Alias("Transfer")]
    Task<Outcome> Transfer(TeamActor actor, long player);

    [Alias("Configure")]
    Task<Outcome> Configure(TeamActor actor, TeamWishes wishes);

    [Alias("SetReady")]
    Task<Outcome> SetReady(TeamActor actor, bool ready);

    /// <summary>The team as a member sees it; TEAM_NOT_IN for anybody else.</summary>
    [Alias("Fetch")]
    Task<Outcome> Fetch(long player);

    /// <summary>A member's connection was lost, or is back.</summary>
    [Alias("SetAway")]
    Task SetAway(long player, bool away);

    /// <summary>As a member is called now.</summary>
    [Alias("SetName")]
    Task SetName(long player, string name);

    /// <summary>A player's session has ended for good, the <paramref name="lost"/>th of that player.</summary>
    [Alias("AccountLost")]
    Task AccountLost(long player, ulong lost);

    /// <summary>Who is a member now, the leader first.</summary>
    [Alias("Members"), AlwaysInterleave]
    Task<long[]> Members();
}

/// <summary>The player behind a command.</summary>
/// <param name="LostBefore">How many sessions the player had lost before the present one.</param>
/// <param name="Key">Tells repetitions of a request apart from another; empty for a notification.</param>
[GenerateSerializer, Immutable, Alias("gb.TeamActor")]
public sealed record TeamActor(
    [property: Id(0)] long PlayerId,
    [property: Id(1)] string Name,
    [property: Id(2)] ulong LostBefore,
    [property: Id(3)] string Key);

/// <summary>How a team shall be, see <see cref="TeamSettings"/>.</summary>
[GenerateSerializer, Immutable, Alias("gb.TeamWishes")]
public sealed record TeamWishes(
    [property: Id(0)] string Mode,
    [property: Id(1)] bool Open,
    [property: Id(2)] string Label,
    [property: Id(3)] string Text);
