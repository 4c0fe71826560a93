using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>Checks the modes: that their maps have room, and that windows only widen.</summary>
internal sealed class MatchBuilder(
    ArenaDefinition? arena,
    IReadOnlyDictionary<string, ItemDefinition> items,
    GainsBuilder gains,
    CatalogueProblems problems)
{
    public const int SideLimit = 8;
    public const int SizeLimit = 8;
    public const int PlayerLimit = 16;
    public const int ModeLimit = 100;

    public FrozenDictionary<string, ModeDefinition> Build(MatchEntry? entry)
    {
        var modes = problems.ById("mode", (entry?.Modes ?? []).OfType<ModeEntry>(), mode => mode.Id)
            .ToFrozenDictionary(pair => pair.Key, pair => BuildMode(pair.Key, pair.Value));
        if (modes.Count > ModeLimit) problems.Add($"match: there are {modes.Count} modes, more than {ModeLimit}");
        return modes;
    }

    public ImmutableArray<MatchShard> BuildShards(MatchEntry? entry)
    {
        var shards = problems.ById("shard", (entry?.Shards ?? []).OfType<ShardEntry>(), shard => shard.Id)
            .Select(pair => new MatchShard(pair.Key, [.. (pair.Value.Regions ?? []).OfType<string>()]))
            .ToImmutableArray();
        if (entry?.Modes is { Count: > 0 } && shards.IsEmpty) problems.Add("match: there is no shard to queue in");
        foreach (var shard in shards)
            problems.InRange($"shard '{shard.Id}'", "the number of regions", shard.Regions.Length, 1,
                MatchShard.RegionLimit);
        foreach (var twice in shards.SelectMany(shard => shard.Regions).GroupBy(r => r).Where(g => g.Count() > 1))
            problems.Add($"match: region '{twice.Key}' is there twice");
        return shards;
    }

    private ModeDefinition BuildMode(string id, ModeEntry entry)
    {
        var owner = $"mode '{id}'";
        var mode = new ModeDefinition(
            id,
            Number("sides", entry.Sides, 2, SideLimit),
            Number("size", entry.Size, 1, SizeLimit),
            entry.Rated,
            (uint)Number("minLevel", entry.MinLevel, 1, CatalogueBuilder.LevelLimit),
            (uint)Number("maxLevel", entry.MaxLevel, entry.MinLevel, CatalogueBuilder.LevelLimit),
            entry.Map ?? "",
            Number("ticksPerSecond", entry.TicksPerSecond, 10, 60),
            Number("timeLimitMs", entry.TimeLimitMs, 1000, ArenaBuilder.TimeLimitMs),
            Number("respawnMs", entry.RespawnMs, 0, ArenaBuilder.TimeLimitMs),
            Number("scoreLimit", entry.ScoreLimit, 0, 1_000_000),
            Number("readyMs", entry.ReadyMs, 1000, 120_000),
            Number("overdueSeconds", entry.OverdueSeconds, 1, 3600),
            Number("fillAfterSeconds", entry.FillAfterSeconds, 0, 3600),
            [.. (entry.Window ?? []).OfType<WindowEntry>().Select(point => new WindowPoint(
                Number("window.afterSeconds", point.AfterSeconds, 0, 3600),
                Number("window.ratingSpread", point.RatingSpread, 1, 10_000),
                Number("window.latencyMs", point.LatencyMs, 1, 10_000)))],
            BuildRewards(owner, entry.Rewards));
        CheckMap(owner, mode);
        CheckWindow(owner, mode);
        return mode;

        int Number(string what, long value, long min, long max) => (int)problems.InRange(owner, what, value, min, max);
    }

    private ModeRewards BuildRewards(string owner, ModeRewardsEntry? entry)
    {
        if (entry is null) return ModeRewards.Nothing;
        return new ModeRewards(
            Gain("win", entry.Win),
            Gain("draw", entry.Draw),
            Gain("loss", entry.Loss),
            [.. (entry.Drops ?? []).OfType<DropEntry>().Select(drop => new RewardDrop(
                problems.Resolve(owner, "item", drop.Item, items)?.Id ?? "",
                (int)problems.InRange(owner, $"the drop of '{drop.Item}'", drop.Permille, 1, 1000)))]);

        Gains Gain(string what, GainsEntry? gain)
        {
            var built = gain is null ? Gains.Nothing : gains.Build($"{owner} {what}", gain);
            // A settlement has no room for them.
            if (!built.Pets.IsEmpty || gain?.BagSlots > 0) problems.Add($"{owner}: {what} gives pets or slots");
            return built;
        }
    }

    private void CheckMap(string owner, ModeDefinition mode)
    {
        if (mode.Players > PlayerLimit) problems.Add($"{owner}: has {mode.Players} players, more than {PlayerLimit}");
        if (arena is null) problems.Add($"{owner}: there is no arena to fight in");
        else if (problems.Resolve(owner, "map", mode.Map, arena.Maps) is { } map && map.Spawns.Length < mode.Sides)
            problems.Add($"{owner}: map '{map.Id}' has spawns for {map.Spawns.Length} sides");
    }

    private void CheckWindow(string owner, ModeDefinition mode)
    {
        if (mode.Window.IsEmpty || mode.Window[0].AfterSeconds != 0) problems.Add($"{owner}: window starts not at 0");
        for (var i = 1; i < mode.Window.Length; i++)
        {
            var (before, point) = (mode.Window[i - 1], mode.Window[i]);
            if (point.AfterSeconds <= before.AfterSeconds
                || point.RatingSpread < before.RatingSpread
                || point.LatencyMs < before.LatencyMs)
                problems.Add($"{owner}: window narrows, or goes back in time, at point {i + 1}");
        }
    }
}
