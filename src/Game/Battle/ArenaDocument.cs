namespace GameBackend.Game;

/// <summary>The arena as it is written in JSON.</summary>
internal sealed record ArenaEntry(
    TuningEntry? Tuning, List<SkillEntry?>? Skills, List<RoleEntry?>? Roles, List<MapEntry?>? Maps);

internal sealed record TuningEntry(
    long FighterRadiusMm,
    long ViewRadiusMm,
    long SpeedMmPerSecond,
    long SpeedMmPerPoint,
    long SpeedLimitMmPerSecond,
    long HoldMs,
    long GraceMs,
    long AbandonMs,
    long ProtectMs,
    long SurrenderAfterMs,
    long SurrenderVoteMs,
    long KillScore,
    long OrbScore,
    long HealPercent,
    long HasteMs,
    long HastePercent,
    long SlowPercent);

internal sealed record SkillEntry(
    string? Id,
    string? Kind,
    long CooldownMs,
    long Power,
    long RangeMm,
    long RadiusMm,
    long SpeedMmPerSecond,
    long SplashMm,
    long DelayMs,
    long DurationMs,
    long IntervalMs,
    long SlowMs,
    long ShieldPower);

internal sealed record RoleEntry(string? Id, string? Attack, List<string?>? Skills);

internal sealed record MapEntry(
    string? Id,
    long WidthMm,
    long HeightMm,
    List<ObstacleEntry?>? Obstacles,
    List<List<PointEntry?>?>? Spawns,
    List<PickupEntry?>? Pickups);

internal sealed record ObstacleEntry(long X, long Y, long Width, long Height, long Radius);

internal sealed record PointEntry(long X, long Y);

internal sealed record PickupEntry(string? Kind, long X, long Y, long RespawnMs);
