using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>An action of a role in the battle's own units: ticks, and millimetres a tick.</summary>
internal sealed record ActionPlan(
    SkillKind Kind,
    int CooldownTicks,
    int Power,
    int RangeMm,
    int RadiusMm,
    int StepMm,
    int LifeTicks,
    int SplashMm,
    int DelayTicks,
    int DurationTicks,
    int IntervalTicks,
    int SlowTicks,
    int ShieldPower);

/// <summary>A battle's rules, worked out for its step.</summary>
internal sealed class BattlePlan
{
    private readonly int _ticksPerSecond;

    private BattlePlan(BattleRules rules, int ticksPerSecond)
    {
        _ticksPerSecond = ticksPerSecond;
        Rules = rules;
        Roles = [.. rules.Roles.Select(role => role.Actions.Select(Plan).ToImmutableArray())];
        HoldTicks = Ticks(Tuning.HoldMs);
        GraceTicks = Ticks(Tuning.GraceMs);
        AbandonTicks = Ticks(Tuning.AbandonMs);
        ProtectTicks = Ticks(Tuning.ProtectMs);
        SurrenderAfterTicks = Ticks(Tuning.SurrenderAfterMs);
        SurrenderVoteTicks = Ticks(Tuning.SurrenderVoteMs);
        HasteTicks = Ticks(Tuning.HasteMs);
        RespawnTicks = Ticks(Mode.RespawnMs);
        TimeLimitTicks = Ticks(Mode.TimeLimitMs);
        PickupTicks = [.. Map.Pickups.Select(pickup => Ticks(pickup.RespawnMs))];
        RulesHash = HashRules();
    }

    public BattleRules Rules { get; }

    public ArenaTuning Tuning => Rules.Tuning;

    public ModeDefinition Mode => Rules.Mode;

    public MapDefinition Map => Rules.Map;

    public ImmutableArray<ImmutableArray<ActionPlan>> Roles { get; }

    public ImmutableArray<int> PickupTicks { get; }

    public int TicksPerSecond => _ticksPerSecond;

    public int HoldTicks { get; }

    public int GraceTicks { get; }

    public int AbandonTicks { get; }

    public int ProtectTicks { get; }

    public int SurrenderAfterTicks { get; }

    public int SurrenderVoteTicks { get; }

    public int HasteTicks { get; }

    /// <summary>0 if the dead stay dead.</summary>
    public int RespawnTicks { get; }

    public int TimeLimitTicks { get; }

    /// <summary>Two battles with one setup are the same if this is the same.</summary>
    public ulong RulesHash { get; }

    /// <exception cref="ArgumentException">There is no such mode or role, or the seats do not fit it.</exception>
    /// <exception cref="InvalidDataException">The setup's rules cannot be read.</exception>
    public static BattlePlan Of(Catalogue catalogue, BattleSetup setup)
    {
        var rules = BattleRules.Of(catalogue, setup);
        if (setup.TicksPerSecond is < 10 or > 60)
            throw new ArgumentException($"{setup.TicksPerSecond} ticks a second.", nameof(setup));
        if (setup.Seats.Count is 0 or > MatchBuilder.PlayerLimit)
            throw new ArgumentException($"{setup.Seats.Count} seats.", nameof(setup));
        foreach (var seat in setup.Seats)
        {
            if (seat.Side >= rules.Mode.Sides || rules.IndexOf(seat.Role) < 0)
                throw new ArgumentException($"No seat at side {seat.Side} as '{seat.Role}'.", nameof(setup));
        }

        return new BattlePlan(rules, (int)setup.TicksPerSecond);
    }

    /// <summary>Rounded up, so that nothing takes less time than it should.</summary>
    private int Ticks(int milliseconds) => (int)((((long)milliseconds * _ticksPerSecond) + 999) / 1000);

    private ActionPlan Plan(SkillDefinition skill)
    {
        var step = skill.SpeedMmPerSecond / _ticksPerSecond;
        return new ActionPlan(
            skill.Kind,
            Ticks(skill.CooldownMs),
            skill.Power,
            skill.RangeMm,
            skill.RadiusMm,
            step,
            step == 0 ? 0 : Math.Max(1, (skill.RangeMm + step - 1) / step),
            skill.SplashMm,
            Ticks(skill.DelayMs),
            Ticks(skill.DurationMs),
            Math.Max(1, Ticks(skill.IntervalMs)),
            Ticks(skill.SlowMs),
            skill.ShieldPower);
    }

    private ulong HashRules()
    {
        var hash = new StateHash();
        var t = Tuning;
        Span<int> numbers =
        [
            t.FighterRadiusMm, t.ViewRadiusMm, t.SpeedMmPerSecond, t.SpeedMmPerPoint, t.SpeedLimitMmPerSecond,
            HoldTicks, GraceTicks, AbandonTicks, ProtectTicks, SurrenderAfterTicks, SurrenderVoteTicks, t.KillScore,
            t.OrbScore, t.HealPercent, HasteTicks, t.HastePercent, t.SlowPercent, RespawnTicks, TimeLimitTicks,
            Mode.ScoreLimit, Mode.Sides, Map.WidthMm, Map.HeightMm,
        ];
        foreach (var number in numbers) hash.Add(number);
        foreach (var a in Roles.SelectMany(role => role))
        {
            foreach (var number in (ReadOnlySpan<int>)
                [
                    (int)a.Kind, a.CooldownTicks, a.Power, a.RangeMm, a.RadiusMm, a.StepMm, a.LifeTicks, a.SplashMm,
                    a.DelayTicks, a.DurationTicks, a.IntervalTicks, a.SlowTicks, a.ShieldPower,
                ])
                hash.Add(number);
        }

        foreach (var o in Map.Obstacles)
            foreach (var number in (ReadOnlySpan<int>)[o.X, o.Y, o.Width, o.Height, o.Radius]) hash.Add(number);
        foreach (var point in Map.Spawns.SelectMany(side => side))
            foreach (var number in (ReadOnlySpan<int>)[point.X, point.Y]) hash.Add(number);
        for (var i = 0; i < Map.Pickups.Length; i++)
        {
            var p = Map.Pickups[i];
            foreach (var number in (ReadOnlySpan<int>)[(int)p.Kind, p.X, p.Y, PickupTicks[i]]) hash.Add(number);
        }

        return hash.Value;
    }
}
