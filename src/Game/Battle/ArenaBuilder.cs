using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>
/// Checks the arena. The bounds keep every product of the simulation far below overflow, and every obstacle thicker
/// than what moves past it in one step.
/// </summary>
internal sealed class ArenaBuilder(CatalogueProblems problems)
{
    public const int MapLimitMm = 200_000;
    public const int RangeLimitMm = 100_000;
    public const int TimeLimitMs = 3_600_000;
    public const int PercentLimit = 10_000;
    public const int SpeedLimitMm = 60_000;
    public const int ThinnestMm = 200;
    public const int PickupLimit = 64;

    public ArenaDefinition? Build(ArenaEntry? entry)
    {
        if (entry is null) return null;
        var tuning = BuildTuning(entry.Tuning);
        var skills = problems.ById("skill", Present(entry.Skills), skill => skill.Id)
            .ToFrozenDictionary(pair => pair.Key, pair => BuildSkill(pair.Key, pair.Value));
        var roles = problems.ById("role", Present(entry.Roles), role => role.Id);
        var maps = problems.ById("map", Present(entry.Maps), map => map.Id)
            .ToFrozenDictionary(pair => pair.Key, pair => BuildMap(pair.Key, pair.Value, tuning));
        if (roles.Count == 0) problems.Add("arena: has no role");
        if (maps.Count == 0) problems.Add("arena: has no map");
        return new ArenaDefinition(
            tuning, skills, [.. roles.Select(pair => BuildRole(pair.Key, pair.Value, skills))], maps);
    }

    private static IEnumerable<T> Present<T>(List<T?>? entries)
        where T : class => entries?.OfType<T>() ?? [];

    private ArenaTuning BuildTuning(TuningEntry? entry)
    {
        if (entry is null) problems.Add("arena: tuning is missing");
        var t = entry ?? new TuningEntry(400, 10_000, 4000, 0, 4000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        return new ArenaTuning(
            Number("fighterRadiusMm", t.FighterRadiusMm, 100, 2000),
            Number("viewRadiusMm", t.ViewRadiusMm, 1000, RangeLimitMm),
            Number("speedMmPerSecond", t.SpeedMmPerSecond, 0, SpeedLimitMm),
            Number("speedMmPerPoint", t.SpeedMmPerPoint, 0, 1000),
            Number("speedLimitMmPerSecond", t.SpeedLimitMmPerSecond, 1, SpeedLimitMm),
            Number("holdMs", t.HoldMs, 0, TimeLimitMs),
            Number("graceMs", t.GraceMs, 0, TimeLimitMs),
            Number("abandonMs", t.AbandonMs, 0, TimeLimitMs),
            Number("protectMs", t.ProtectMs, 0, TimeLimitMs),
            Number("surrenderAfterMs", t.SurrenderAfterMs, 0, TimeLimitMs),
            Number("surrenderVoteMs", t.SurrenderVoteMs, 0, TimeLimitMs),
            Number("killScore", t.KillScore, 0, PercentLimit),
            Number("orbScore", t.OrbScore, 0, PercentLimit),
            Number("healPercent", t.HealPercent, 0, 100),
            Number("hasteMs", t.HasteMs, 0, TimeLimitMs),
            Number("hastePercent", t.HastePercent, 0, 200),
            Number("slowPercent", t.SlowPercent, 0, 90));

        int Number(string what, long value, long min, long max) =>
            (int)problems.InRange("arena", $"tuning.{what}", value, min, max);
    }

    private SkillDefinition BuildSkill(string id, SkillEntry entry)
    {
        var owner = $"skill '{id}'";
        var kind = problems.Choose<SkillKind>(owner, "kind", entry.Kind);
        var repeats = kind == SkillKind.Area && entry.DurationMs > 0;
        var moves = kind is SkillKind.Projectile or SkillKind.Dash ? 1 : 0;
        return new SkillDefinition(
            id,
            kind,
            Number("cooldownMs", entry.CooldownMs, 100, TimeLimitMs),
            Number("power", entry.Power, 0, PercentLimit),
            Number("rangeMm", entry.RangeMm, 0, RangeLimitMm),
            Number("radiusMm", entry.RadiusMm, kind is SkillKind.Projectile or SkillKind.Area ? 1 : 0, RangeLimitMm),
            Number("speedMmPerSecond", entry.SpeedMmPerSecond, moves * 1000, SpeedLimitMm),
            Number("splashMm", entry.SplashMm, 0, RangeLimitMm),
            Number("delayMs", entry.DelayMs, 0, TimeLimitMs),
            Number("durationMs", entry.DurationMs, 0, TimeLimitMs),
            Number("intervalMs", entry.IntervalMs, repeats ? 50 : 0, TimeLimitMs),
            Number("slowMs", entry.SlowMs, 0, TimeLimitMs),
            Number("shieldPower", entry.ShieldPower, 0, PercentLimit));

        int Number(string what, long value, long min, long max) => (int)problems.InRange(owner, what, value, min, max);
    }

    private RoleDefinition BuildRole(
        string id, RoleEntry entry, FrozenDictionary<string, SkillDefinition> skills)
    {
        var owner = $"role '{id}'";
        string?[] actions = [entry.Attack, .. entry.Skills ?? []];
        if (actions.Length != RoleDefinition.ActionCount) problems.Add($"{owner}: has not one attack and four skills");
        return new RoleDefinition(
            id, [.. actions.Select(action => problems.Resolve(owner, "skill", action, skills)!)]);
    }

    private MapDefinition BuildMap(string id, MapEntry entry, ArenaTuning tuning)
    {
        var owner = $"map '{id}'";
        var width = (int)problems.InRange(owner, "widthMm", entry.WidthMm, 2000, MapLimitMm);
        var height = (int)problems.InRange(owner, "heightMm", entry.HeightMm, 2000, MapLimitMm);
        var spawns = (entry.Spawns ?? []).Select(side => Present(side).Select(point => new MapPoint(
            (int)problems.InRange(owner, "spawn.x", point.X, 0, width),
            (int)problems.InRange(owner, "spawn.y", point.Y, 0, height))).ToImmutableArray()).ToImmutableArray();
        var map = new MapDefinition(
            id,
            width,
            height,
            [.. Present(entry.Obstacles).Select(obstacle => BuildObstacle(owner, obstacle, width, height))],
            spawns,
            [.. Present(entry.Pickups).Select(pickup => BuildPickup(owner, pickup, width, height))]);
        if (spawns.Any(side => side.IsEmpty)) problems.Add($"{owner}: a side has no spawn");
        if (map.Pickups.Length > PickupLimit) problems.Add($"{owner}: has more than {PickupLimit} pickups");
        foreach (var point in spawns.SelectMany(side => side))
        {
            if (!ArenaGeometry.IsFree(map, point.X, point.Y, tuning.FighterRadiusMm))
                problems.Add($"{owner}: the spawn {point.X}, {point.Y} is not free");
        }

        return map;
    }

    private Obstacle BuildObstacle(string owner, ObstacleEntry entry, int width, int height)
    {
        var round = entry.Radius != 0;
        if (round && (entry.Width != 0 || entry.Height != 0)) problems.Add($"{owner}: an obstacle is round and square");
        return new Obstacle(
            (int)problems.InRange(owner, "obstacle.x", entry.X, 0, width),
            (int)problems.InRange(owner, "obstacle.y", entry.Y, 0, height),
            round ? 0 : (int)problems.InRange(owner, "obstacle.width", entry.Width, ThinnestMm, width),
            round ? 0 : (int)problems.InRange(owner, "obstacle.height", entry.Height, ThinnestMm, height),
            round ? (int)problems.InRange(owner, "obstacle.radius", entry.Radius, ThinnestMm, width) : 0);
    }

    private PickupDefinition BuildPickup(string owner, PickupEntry entry, int width, int height) => new(
        problems.Choose<PickupKind>(owner, "pickup", entry.Kind),
        (int)problems.InRange(owner, "pickup.x", entry.X, 0, width),
        (int)problems.InRange(owner, "pickup.y", entry.Y, 0, height),
        (int)problems.InRange(owner, "pickup.respawnMs", entry.RespawnMs, 100, TimeLimitMs));
}
