namespace GameBackend.Grains.Interfaces;

/// <summary>
/// The one truth of which groups a player belongs to. Keyed by player id. A leaf: it calls no grain, so that groups
/// and players may both ask it. A group notes what it is about to do, claims or releases here, and then carries it out.
/// </summary>
[Alias("gb.Membership")]
public interface IMembershipGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Makes a group the player's, if the player has none of that kind. Repeating it changes nothing.
    /// </summary>
    /// <param name="place">Where the group is to be found, for a kind that needs it.</param>
    /// <returns>The group that the player belongs to now: this one, or the one that was there before. 0 if this is the
    /// ticket or the battle that was released last: what is over does not begin again.
    /// <see cref="Memberships.Penalised"/> for a ticket of a player who cannot queue now.</returns>
    [Alias("Claim")]
    Task<long> Claim(MembershipKind kind, long group, string place = "");

    /// <summary>
    /// Makes another group the player's in place of one that it belongs to now. Otherwise, and when it is repeated,
    /// nothing changes.
    /// </summary>
    [Alias("Pass")]
    Task Pass(MembershipKind kind, long from, long to);

    /// <summary>Ends the membership, if it is that group's.</summary>
    [Alias("Release")]
    Task Release(MembershipKind kind, long group);

    /// <summary>
    /// Ends a ticket whose player was absent at a ready check, and counts that, in one write. Repeating it changes
    /// nothing.
    /// </summary>
    /// <returns>Until when the player cannot queue.</returns>
    [Alias("Penalise")]
    Task<long> Penalise(long ticket, long match);

    [Alias("Get"), AlwaysInterleave]
    Task<Memberships> Get();
}

[GenerateSerializer, Alias("gb.MembershipKind")]
public enum MembershipKind
{
    Guild = 0,
    Team = 1,

    /// <summary>A ticket of the matchmaker, and later the battle that has come of it.</summary>
    Battle = 2,
}

/// <param name="Guild">0 for none.</param>
/// <param name="Team">0 for none.</param>
/// <param name="Battle">The ticket, if there is a queue, or the battle; 0 for none.</param>
/// <param name="Queue">The key of the queue in which the ticket is; empty if there is none.</param>
/// <param name="PenaltyUntilMs">Until when the player cannot queue, or could not; 0 if it was never absent.</param>
[GenerateSerializer, Immutable, Alias("gb.Memberships")]
public readonly record struct Memberships(
    [property: Id(0)] long Guild,
    [property: Id(1)] long Team,
    [property: Id(2)] long Battle = 0,
    [property: Id(3)] string Queue = "",
    [property: Id(4)] long PenaltyUntilMs = 0)
{
    /// <summary>Stands in the place of who has a player: the player cannot queue now.</summary>
    public const long Penalised = -1;
}
