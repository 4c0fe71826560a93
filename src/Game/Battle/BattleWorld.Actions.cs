namespace GameBackend.Game;

internal sealed partial class BattleWorld
{
    /// <summary>Bounds stats in the arena, so that no product of them overflows.</summary>
    public const int StatLimit = 1_000_000;

    private void Act(Fighter fighter)
    {
        if (fighter.Action > 0) Try(fighter, fighter.Action - 1);
        else if (fighter.IsAlive) Face(fighter);

        // Nothing of it outlives the tick: it is in no hash and no checkpoint.
        (fighter.Action, fighter.AimX, fighter.AimY, fighter.Target) = (0, 0, 0, 0);
    }

    private void Try(Fighter fighter, int index)
    {
        var refusal = Use(fighter, index);
        if (refusal == InputRefusal.None)
        {
            fighter.ReadyAt[index] = _tick + fighter.Actions[index].CooldownTicks;
            Events.Add(_tick, BattleEventKind.Action, fighter.Index, fighter.Index, fighter.Action);
        }
        else if (!IsSteered(fighter))
        {
            fighter.RefusedCount++;
            fighter.RefusedInput = fighter.LastInput;
            fighter.RefusedWhy = (int)refusal;
        }
    }

    private InputRefusal Use(Fighter fighter, int index)
    {
        if (!fighter.IsAlive) return InputRefusal.Dead;
        if (_tick < fighter.ReadyAt[index]) return InputRefusal.CoolDown;
        if (fighter.DashTicks > 0) return InputRefusal.Busy;
        var action = fighter.Actions[index];
        return action.Kind switch
        {
            SkillKind.Projectile => Shoot(fighter, index, action),
            SkillKind.Dash => Dash(fighter, index, action),
            SkillKind.Area => Place(fighter, index, action),
            SkillKind.Mend => Mend(fighter, action),
            _ => InputRefusal.Range,
        };
    }

    private InputRefusal Shoot(Fighter fighter, int index, ActionPlan action)
    {
        if (Projectiles.IsFull) return InputRefusal.Busy;
        Face(fighter);
        var missile = Projectiles.Add();
        (missile.StepX, missile.StepY) = ArenaGeometry.Scale(fighter.FaceX, fighter.FaceY, action.StepMm);
        missile.Id = _nextId++;
        missile.Owner = fighter.Index;
        missile.Action = index;
        missile.X = fighter.X;
        missile.Y = fighter.Y;
        missile.EndTick = _tick + action.LifeTicks - 1;
        return InputRefusal.None;
    }

    private static InputRefusal Dash(Fighter fighter, int index, ActionPlan action)
    {
        Face(fighter);
        (fighter.DashX, fighter.DashY) = ArenaGeometry.Scale(fighter.FaceX, fighter.FaceY, action.StepMm);
        fighter.DashTicks = action.LifeTicks;
        fighter.DashAction = index;
        return InputRefusal.None;
    }

    private InputRefusal Place(Fighter fighter, int index, ActionPlan action)
    {
        if (Areas.IsFull) return InputRefusal.Busy;
        var squared = ((long)fighter.AimX * fighter.AimX) + ((long)fighter.AimY * fighter.AimY);
        if (squared > (long)action.RangeMm * action.RangeMm) return InputRefusal.TooFar;
        var x = fighter.X + fighter.AimX;
        var y = fighter.Y + fighter.AimY;
        if (x < 0 || y < 0 || x > Plan.Map.WidthMm || y > Plan.Map.HeightMm) return InputRefusal.TooFar;
        Face(fighter);
        var area = Areas.Add();
        area.Id = _nextId++;
        area.Owner = fighter.Index;
        area.Action = index;
        area.X = x;
        area.Y = y;
        area.StartTick = area.NextTick = _tick + action.DelayTicks;
        area.EndTick = area.StartTick + action.DurationTicks;
        return InputRefusal.None;
    }

    private InputRefusal Mend(Fighter fighter, ActionPlan action)
    {
        if (fighter.Target > Fighters.Length) return InputRefusal.Target;
        var target = fighter.Target == 0 ? fighter : Fighters[fighter.Target - 1];
        if (target.Side != fighter.Side || !target.IsAlive) return InputRefusal.Target;
        if (target != fighter && !ArenaGeometry.IsWithin(fighter.X, fighter.Y, target.X, target.Y, action.RangeMm))
            return InputRefusal.TooFar;

        var power = (int)Math.Min(StatLimit, (long)fighter.Attack * action.Power / 100);
        var mended = Math.Min(power, target.MaxHealth - target.Health);
        target.Health += mended;
        fighter.Mended += mended;
        if (action.ShieldPower > 0)
        {
            // A shield is renewed, never piled up.
            var shield = (int)Math.Min(StatLimit, (long)fighter.Attack * action.ShieldPower / 100);
            target.Shield = Math.Max(target.Shield, shield);
            target.ShieldUntil = Math.Max(target.ShieldUntil, _tick + action.DurationTicks);
        }

        Events.Add(_tick, BattleEventKind.Mend, fighter.Index, target.Index, mended);
        return InputRefusal.None;
    }

    /// <summary>Looks where it aims.</summary>
    private static void Face(Fighter fighter)
    {
        if (fighter.AimX != 0 || fighter.AimY != 0)
            (fighter.FaceX, fighter.FaceY) = ArenaGeometry.Scale(fighter.AimX, fighter.AimY, Unit);
    }

    private void StrikeAreas()
    {
        for (var i = 0; i < Areas.Count; i++)
        {
            var area = Areas[i];
            if (_tick < area.NextTick) continue;
            var owner = Fighters[area.Owner];
            var action = owner.Actions[area.Action];
            StrikeAround(owner, action, area.X, area.Y, action.RadiusMm);
            area.NextTick += action.IntervalTicks;
            if (area.NextTick > area.EndTick || area.StartTick == area.EndTick) area.EndTick = 0;
        }

        Areas.RemoveAll(static area => area.EndTick == 0);
    }

    /// <summary>Strikes every enemy that a circle touches.</summary>
    private void StrikeAround(Fighter owner, ActionPlan action, int x, int y, int radius)
    {
        var reach = radius + Plan.Tuning.FighterRadiusMm;
        foreach (var fighter in Fighters)
        {
            if (fighter.IsAlive && fighter.Side != owner.Side
                && ArenaGeometry.IsWithin(fighter.X, fighter.Y, x, y, reach))
                Strike(owner, fighter, action);
        }
    }

    private void Strike(Fighter owner, Fighter target, ActionPlan action)
    {
        if (_tick <= target.ProtectedUntil) return;
        if (action.SlowTicks > 0) target.SlowUntil = Math.Max(target.SlowUntil, _tick + action.SlowTicks);
        if (action.Power == 0) return;
        var power = (long)owner.Attack * action.Power / (100 + target.Defence);
        var damage = (int)Math.Clamp(power, 1, StatLimit);
        var shielded = _tick <= target.ShieldUntil ? Math.Min(damage, target.Shield) : 0;
        target.Shield -= shielded;
        var taken = Math.Min(damage - shielded, target.Health);
        target.Health -= taken;
        if (taken > 0) target.LastHitBy = owner.Index;
        owner.Damage += taken;
        Events.Add(_tick, BattleEventKind.Hit, owner.Index, target.Index, taken);
    }
}
