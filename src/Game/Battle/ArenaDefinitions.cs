using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>Numbers of the arena that are the same in every battle.</summary>
/// <param name="SpeedMmPerPoint">What one point of the speed stat adds to the walking speed a second.</param>
/// <param name="HoldMs">How long a movement goes on after the last input.</param>
/// <param name="GraceMs">From when on the server steers the character of a dropped player.</param>
/// <param name="AbandonMs">How long a battle goes on without any player who is present.</param>
/// <param name="ProtectMs">How long nobody can hurt a fighter that has come back.</param>
public sealed record ArenaTuning(
    int FighterRadiusMm,
    int ViewRadiusMm,
    int SpeedMmPerSecond,
    int SpeedMmPerPoint,
    int SpeedLimitMmPerSecond,
    int HoldMs,
    int GraceMs,
    int AbandonMs,
    int ProtectMs,
    int SurrenderAfterMs,
    int SurrenderVoteMs,
    int KillScore,
    int OrbScore,
    int HealPercent,
    int HasteMs,
    int HastePercent,
    int SlowPercent);

public enum SkillKind
{
    /// <summary>Flies straight until it meets an enemy or an obstacle.</summary>
    Projectile,
    /// <summary>Carries the fighter forward.</summary>
    Dash,
    /// <summary>Strikes a place, once or for a while.</summary>
    Area,
    /// <summary>Heals and shields an ally or oneself.</summary>
    Mend,
}

/// <summary>An attack or a skill.</summary>
/// <param name="Power">What it takes or heals, in percent of the user's attack.</param>
/// <param name="RadiusMm">Of the missile, or of the area.</param>
/// <param name="SplashMm">Around the place where the missile ends; 0 if it strikes one alone.</param>
/// <param name="DelayMs">Until an area strikes first.</param>
/// <param name="DurationMs">How long an area goes on, or a shield lasts.</param>
/// <param name="IntervalMs">Between two strikes of an area.</param>
/// <param name="SlowMs">How long those who are struck are slowed.</param>
/// <param name="ShieldPower">In percent of the user's attack.</param>
public sealed record SkillDefinition(
    string Id,
    SkillKind Kind,
    int CooldownMs,
    int Power,
    int RangeMm,
    int RadiusMm,
    int SpeedMmPerSecond,
    int SplashMm,
    int DelayMs,
    int DurationMs,
    int IntervalMs,
    int SlowMs,
    int ShieldPower);

/// <summary>What a fighter can do: one attack and four skills.</summary>
public sealed record RoleDefinition(string Id, ImmutableArray<SkillDefinition> Actions)
{
    public const int ActionCount = 5;
}

/// <summary>A circle if it has a radius, else a rectangle that starts at the point.</summary>
public readonly record struct Obstacle(int X, int Y, int Width, int Height, int Radius);

public readonly record struct MapPoint(int X, int Y);

public enum PickupKind
{
    Heal,
    Haste,
    /// <summary>Scores for its finder's side.</summary>
    Orb,
}

public sealed record PickupDefinition(PickupKind Kind, int X, int Y, int RespawnMs);

/// <param name="Spawns">Of each side.</param>
public sealed record MapDefinition(
    string Id,
    int WidthMm,
    int HeightMm,
    ImmutableArray<Obstacle> Obstacles,
    ImmutableArray<ImmutableArray<MapPoint>> Spawns,
    ImmutableArray<PickupDefinition> Pickups);

/// <summary>What there is to fight with and in.</summary>
/// <param name="Roles">In the order of the catalogue.</param>
public sealed record ArenaDefinition(
    ArenaTuning Tuning,
    FrozenDictionary<string, SkillDefinition> Skills,
    ImmutableArray<RoleDefinition> Roles,
    FrozenDictionary<string, MapDefinition> Maps)
{
    public RoleDefinition? Role(string id) => Roles.FirstOrDefault(role => role.Id == id);
}
