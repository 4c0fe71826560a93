namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A guild, keyed by its id. It decides what its players' commands do, once for a player and key, and never waits for a
/// player's grain inside of one. It takes the founder's fee and donations as an <see cref="IValueReceiver"/>.
/// </summary>
[Alias("gb.Guild")]
public interface IGuildGrain : IGrainWithIntegerKey
{
    /// <summary>Carries out a command of the contract.</summary>
    /// <param name="op">The command's opcode.</param>
    /// <param name="request">The encoded request.</param>
    /// <param name="target">Whom it is about, for commands that are about players who need not be members.</param>
    [Alias("Order")]
    Task<Outcome> Order(GuildActor actor, uint op, [Immutable] byte[] request, GuildPerson? target);

    /// <summary>Answers a request that changes nothing.</summary>
    [Alias("Read")]
    Task<Outcome> Read(long player, uint op, [Immutable] byte[] request);

    /// <summary>One of two players has blocked the other: what the one has invited the other for is over.</summary>
    [Alias("Withdraw")]
    Task Withdraw(long by, long player);

    /// <summary>A member came or went.</summary>
    /// <param name="sinceMs">Since when the status is so.</param>
    [Alias("Meet")]
    Task Meet(GuildActor actor, PresenceStatus status, long sinceMs);
}

/// <summary>The player behind a command.</summary>
/// <param name="Level">The player's level.</param>
/// <param name="Key">Tells repetitions of a request apart from another; empty for a notification.</param>
[GenerateSerializer, Immutable, Alias("gb.GuildActor")]
public sealed record GuildActor(
    [property: Id(0)] long PlayerId,
    [property: Id(1)] string Name,
    [property: Id(2)] uint Level,
    [property: Id(3)] string Key);

[GenerateSerializer, Immutable, Alias("gb.GuildPerson")]
public sealed record GuildPerson(
    [property: Id(0)] string Name,
    [property: Id(1)] uint Level);

/// <summary>
/// A part of the directory of guilds, keyed 0 to <see cref="Shards"/> - 1. It keeps what guilds report of themselves,
/// and they report again: what a crash takes from it is back soon.
/// </summary>
[Alias("gb.GuildIndex")]
public interface IGuildIndexGrain : IGrainWithIntegerKey
{
    const int Shards = 8;

    /// <param name="summary">An encoded <see cref="GuildSummary"/>.</param>
    [Alias("Report")]
    Task Report(ulong version, [Immutable] byte[] summary);

    /// <param name="query">An encoded <see cref="SearchGuildsRequest"/>, checked before.</param>
    /// <returns>
    /// An encoded <see cref="SearchGuildsReply"/> with what this part has for the page, and one more.
    /// </returns>
    [Alias("Search")]
    Task<byte[]> Search([Immutable] byte[] query);
}

/// <summary>
/// The open invitations of a player, keyed by player id. A leaf. The guilds have the last word on them.
/// </summary>
[Alias("gb.GuildInvitations")]
public interface IGuildInvitationsGrain : IGrainWithIntegerKey
{
    /// <param name="invitation">An encoded <see cref="GuildInvitation"/>.</param>
    [Alias("Put")]
    Task Put([Immutable] byte[] invitation);

    [Alias("Remove")]
    Task Remove(long guild);

    /// <summary>An encoded <see cref="GuildInvitations"/>.</summary>
    [Alias("List")]
    Task<byte[]> List();
}
