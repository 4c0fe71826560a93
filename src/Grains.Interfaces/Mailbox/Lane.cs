namespace GameBackend.Grains.Interfaces;

/// <summary>
/// The fast path from mailboxes to gateways: a few Orleans streams a gateway, shared by all its sessions. Lanes may
/// lose, repeat and reorder; the mailbox log is the truth.
/// </summary>
public static class Lane
{
    /// <summary>The stream provider's name, on silos and gateways.</summary>
    public const string Provider = "lanes";

    /// <summary>The stream of a lane, such as <c>3f2a…/2</c>.</summary>
    public static StreamId Stream(string lane) => StreamId.Create("lane", lane);

    /// <summary>The name of a gateway's lane.</summary>
    public static string Name(Guid gateway, int index) => $"{gateway:N}/{index}";
}

/// <summary>A push on its way to a gateway.</summary>
/// <param name="PlayerId">Whose push it is.</param>
/// <param name="Epoch">
/// The connection it was meant for. A <see cref="Goodbye"/> closes connections up to this epoch.
/// </param>
/// <param name="Seq">Its place in the mailbox; 0 for a transient push.</param>
/// <param name="Channel">
/// The chat channel whose line this is, for all who listen at this gateway. Then <paramref name="PlayerId"/> is who has
/// said it and <paramref name="Seq"/> its number.
/// </param>
/// <param name="Audience">Who may hear it; null for everybody who listens.</param>
/// <param name="Battle">
/// A battle's snapshots, for all who fight in it or watch it at this gateway; nothing else then.
/// </param>
/// <param name="IsRelayed">
/// Whether it is a transient push for all of <paramref name="Audience"/> who are here, or for everybody if that is
/// null.
/// </param>
/// <param name="SentUs">When a push was sent, in microseconds since 1970-01-01 UTC; 0 if it is not said.</param>
[GenerateSerializer, Immutable, Alias("gb.LaneItem")]
public sealed record LaneItem(
    [property: Id(0)] long PlayerId,
    [property: Id(1)] ulong Epoch,
    [property: Id(2)] ulong Seq,
    [property: Id(3)] uint Op,
    [property: Id(4)] byte[] Body,
    [property: Id(5)] string? Channel = null,
    [property: Id(6)] long[]? Audience = null,
    [property: Id(7)] BattleFrame? Battle = null,
    [property: Id(8)] bool IsRelayed = false,
    [property: Id(9)] long SentUs = 0);

/// <summary>Checks lanes. Stateless; key 0.</summary>
[Alias("gb.LaneProbe")]
public interface ILaneProbeGrain : IGrainWithIntegerKey
{
    /// <summary>Sends an item for player 0 down a lane, with <paramref name="token"/> as its epoch.</summary>
    [Alias("Probe")]
    Task Probe(string lane, long token);
}
