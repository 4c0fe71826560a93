namespace GameBackend.Grains.Interfaces;

/// <summary>
/// How players are, for whoever lists many of them: one of <see cref="Shards"/> boards, in memory. Players' grains say
/// how they are when it changes and every half minute, which fills a board again that was lost. A leaf.
/// </summary>
[Alias("gb.PresenceBoard")]
public interface IPresenceGrain : IGrainWithIntegerKey
{
    const int Shards = 16;

    [Alias("Set")]
    Task Set(PresenceEntry presence);

    /// <summary>How these players are, in their order. One that is not known here has 0 as its time.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<PresenceEntry[]> Get([Immutable] long[] players);
}

/// <summary>The player's way to tell others what it is doing. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerPresence")]
public interface IPlayerPresence : IGrainWithIntegerKey
{
    /// <summary>The player has come into a group or out of one: it looks for itself.</summary>
    [Alias("GroupsChanged"), OneWay]
    Task GroupsChanged();

    /// <summary>
    /// A battle has begun for the player, or is over. May be lost, and is forgotten with the session.
    /// </summary>
    [Alias("InBattle"), OneWay]
    Task InBattle(bool inBattle);
}

/// <param name="SinceMs">Since when; 0 if nothing is known of the player.</param>
/// <param name="Name">As the player is called; empty if that is not known.</param>
[GenerateSerializer, Immutable, Alias("gb.PresenceEntry")]
public sealed record PresenceEntry(
    [property: Id(0)] long PlayerId,
    [property: Id(1)] PlayerStatus Status,
    [property: Id(2)] long SinceMs,
    [property: Id(3)] string StatusText = "",
    [property: Id(4)] string Name = "");

public static class PresenceBoards
{
    /// <summary>The board on which a player stands.</summary>
    public static IPresenceGrain PresenceBoardOf(this IGrainFactory grains, long player) =>
        grains.GetGrain<IPresenceGrain>((long)((ulong)player % IPresenceGrain.Shards));

    /// <summary>How players are, in no order; one call a board.</summary>
    public static async Task<IReadOnlyCollection<PresenceEntry>> Presences(
        this IGrainFactory grains, IEnumerable<long> players)
    {
        var boards = players.Distinct().GroupBy(player => (long)((ulong)player % IPresenceGrain.Shards));
        var found = await Task.WhenAll(
            boards.Select(board => grains.GetGrain<IPresenceGrain>(board.Key).Get([.. board])));
        return [.. found.SelectMany(entries => entries)];
    }
}
