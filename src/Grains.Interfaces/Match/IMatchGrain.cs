using System.Collections.Immutable;

namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A queue of the matchmaker, keyed by mode and shard (see <see cref="MatchQueues"/>). It alone decides what becomes of
/// its tickets. It calls memberships, mailboxes and battles, other queues to ask whether a ticket is theirs, and no
/// player's grain.
/// </summary>
[Alias("gb.Match")]
public interface IMatchGrain : IGrainWithStringKey
{
    /// <summary>Lets players wait, all or none. Repeating an order changes nothing.</summary>
    /// <returns>A <see cref="QueueMatchReply"/>, or a refusal.</returns>
    [Alias("Queue")]
    Task<Outcome> Queue(TicketOrder order);

    /// <summary>Takes the player's ticket out.</summary>
    [Alias("Cancel")]
    Task<Outcome> Cancel(long player);

    /// <summary>A player's answer to a ready check.</summary>
    /// <param name="entrant">As the player fights, if it is ready; the side does not count.</param>
    [Alias("Answer")]
    Task<Outcome> Answer(long player, long match, BattleEntrant? entrant);

    /// <summary>
    /// How a player's ticket stands: a <see cref="GetMatchStatusReply"/>. One that is not here is given up.
    /// </summary>
    [Alias("Status")]
    Task<Outcome> Status(long player, long ticket);

    /// <summary>
    /// Whether a player's ticket is here and can become a battle. If not, the player is free: a claim that a crash has
    /// left behind is released.
    /// </summary>
    [Alias("Holds")]
    Task<bool> Holds(long player, long ticket);

    /// <summary>A player's session has ended for good, the <paramref name="lost"/>th of that player.</summary>
    [Alias("AccountLost")]
    Task AccountLost(long player, ulong lost);

    /// <summary>A player belongs to a team no more: a ticket of that team is cancelled.</summary>
    [Alias("LeftTeam")]
    Task LeftTeam(long player, long team);

    /// <summary>Somebody has put a player out of a team: as if it had left, and who did that is to blame.</summary>
    [Alias("PutOut")]
    Task PutOut(long player, long team, long by);

    /// <summary>
    /// Somebody has joined a player's team: a ticket of that team without the newcomer is cancelled, since teams wait
    /// whole. One for which a match has been found goes on.
    /// </summary>
    [Alias("JoinedTeam")]
    Task JoinedTeam(long player, long team, long newcomer);

    /// <summary>Keeps the queue awake: said by every silo, so that one whose silo has died goes on elsewhere.</summary>
    [Alias("Keep")]
    Task Keep();
}

/// <param name="Ticket">Unique for good; named by the request.</param>
/// <param name="Team">0 for a player alone.</param>
/// <param name="Members">The one who asks first.</param>
[GenerateSerializer, Immutable, Alias("gb.TicketOrder")]
public sealed record TicketOrder(
    [property: Id(0)] long Ticket,
    [property: Id(1)] long Team,
    [property: Id(2)] ImmutableArray<MatchCard> Members,
    [property: Id(3)] ImmutableDictionary<string, int> LatencyMs);

/// <summary>What the matchmaker needs to know of a player.</summary>
/// <param name="Role">Of the arena's roles.</param>
/// <param name="SessionsLost">How many sessions the player had lost before the present one.</param>
/// <param name="PenaltyUntilMs">Until when the player cannot queue, or could not; 0 if it was never absent.</param>
[GenerateSerializer, Immutable, Alias("gb.MatchCard")]
public sealed record MatchCard(
    [property: Id(0)] long PlayerId,
    [property: Id(1)] double Rating,
    [property: Id(2)] uint Level,
    [property: Id(3)] string Role,
    [property: Id(4)] ulong SessionsLost,
    [property: Id(5)] long PenaltyUntilMs = 0);

public static class MatchQueues
{
    /// <summary>The key of the queue of a mode in a shard.</summary>
    public static string Key(string mode, string shard) => $"{mode}/{shard}";

    public static string ModeOf(string key) => key[..key.IndexOf('/')];

    public static string ShardOf(string key) => key[(key.IndexOf('/') + 1)..];
}
