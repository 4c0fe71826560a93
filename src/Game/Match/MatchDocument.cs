namespace GameBackend.Game;

/// <summary>The modes as they are written in JSON.</summary>
internal sealed record MatchEntry(List<ModeEntry?>? Modes, List<ShardEntry?>? Shards);

internal sealed record ShardEntry(string? Id, List<string?>? Regions);

internal sealed record ModeEntry(
    string? Id,
    long Sides,
    long Size,
    bool Rated,
    string? Map,
    long TimeLimitMs,
    long RespawnMs,
    long ScoreLimit,
    long ReadyMs,
    long OverdueSeconds,
    List<WindowEntry?>? Window,
    ModeRewardsEntry? Rewards,
    long FillAfterSeconds = 0,
    long MinLevel = 1,
    long MaxLevel = CatalogueBuilder.LevelLimit,
    long TicksPerSecond = 20);

internal sealed record ModeRewardsEntry(
    GainsEntry? Win, GainsEntry? Draw, GainsEntry? Loss, List<DropEntry?>? Drops);

internal sealed record DropEntry(string? Item, long Permille);

internal sealed record WindowEntry(long AfterSeconds, long RatingSpread, long LatencyMs);
