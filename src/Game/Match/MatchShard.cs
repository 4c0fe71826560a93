using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>Regions that are near enough to each other to share a queue of each mode.</summary>
public sealed record MatchShard(string Id, ImmutableArray<string> Regions)
{
    public const int RegionLimit = 31;

    /// <summary>
    /// Where a ticket waits: with the region that it reaches fastest; without any latency, in the first shard. A ticket
    /// waits in one place alone, so that one queue decides what becomes of it; other regions of that place are open to
    /// it by the latencies that its window allows.
    /// </summary>
    /// <returns>Null if no latency is to a region of the game.</returns>
    public static MatchShard? Of(ImmutableArray<MatchShard> shards, IReadOnlyDictionary<string, int> latencyMs)
    {
        if (latencyMs.Count == 0) return shards.FirstOrDefault();
        MatchShard? nearest = null;
        var least = int.MaxValue;
        foreach (var shard in shards)
        {
            foreach (var region in shard.Regions)
            {
                if (latencyMs.TryGetValue(region, out var latency) && (nearest is null || latency < least))
                    (nearest, least) = (shard, latency);
            }
        }

        return nearest;
    }
}
