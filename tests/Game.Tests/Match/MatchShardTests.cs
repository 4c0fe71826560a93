using System.Collections.Immutable;

namespace GameBackend.Game.Tests;

public sealed class MatchShardTests
{
    private static readonly ImmutableArray<MatchShard> Shards = [new("one", ["a", "b"]), new("two", ["c"])];

    [Fact]
    public void A_ticket_waits_where_its_fastest_region_is()
    {
        Assert.Equal("two", Of(("a", 50), ("c", 30), ("x", 1)));
        Assert.Equal("one", Of(("a", 30), ("c", 30)));
        Assert.Equal("one", Of());
        Assert.Null(Of(("x", 1)));
    }

    private static string? Of(params (string Region, int Ms)[] latencies) =>
        MatchShard.Of(Shards, latencies.ToImmutableDictionary(l => l.Region, l => l.Ms))?.Id;
}
