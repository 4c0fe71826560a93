namespace GameBackend.Game;

internal sealed partial class BattleWorld
{
    /// <summary>
    /// The longest way that is tried at once, below the thinnest obstacle. It is also how near to an obstacle a fighter
    /// comes.
    /// </summary>
    private const int StrideMm = 100;

    private void Move(Fighter fighter)
    {
        (fighter.BeforeX, fighter.BeforeY) = (fighter.X, fighter.Y);
        if (!fighter.IsAlive) return;
        if (fighter.DashTicks > 0)
        {
            Walk(fighter, fighter.DashX, fighter.DashY, slides: false);
            if (--fighter.DashTicks == 0) Land(fighter);
            return;
        }

        if (_tick > fighter.MoveUntil) (fighter.MoveX, fighter.MoveY) = (0, 0);
        var (x, y) = (fighter.MoveX, fighter.MoveY);
        if (x == 0 && y == 0) return;
        (fighter.FaceX, fighter.FaceY) = ArenaGeometry.Scale(x, y, Unit);
        // Whatever the keys say, nobody walks faster than at full speed.
        if ((x * x) + (y * y) > Unit * Unit) (x, y) = (fighter.FaceX, fighter.FaceY);
        var step = StepOf(fighter);
        Walk(fighter, (int)(x * step / Unit), (int)(y * step / Unit), slides: true);
    }

    private long StepOf(Fighter fighter)
    {
        var percent = 100;
        if (_tick <= fighter.HasteUntil) percent += Plan.Tuning.HastePercent;
        if (_tick <= fighter.SlowUntil) percent -= Plan.Tuning.SlowPercent;
        return (long)fighter.StepMm * percent / 100;
    }

    /// <summary>Goes as far as it is free. Whoever slides goes on along an obstacle that stops one direction.</summary>
    private void Walk(Fighter fighter, int dx, int dy, bool slides)
    {
        var radius = Plan.Tuning.FighterRadiusMm;
        // The usual case: nothing stands within reach of this step.
        if (ArenaGeometry.IsFree(Plan.Map, fighter.X, fighter.Y, radius + Math.Abs(dx) + Math.Abs(dy)))
        {
            fighter.X += dx;
            fighter.Y += dy;
            return;
        }

        var strides = Math.Max(1, (Math.Max(Math.Abs(dx), Math.Abs(dy)) + StrideMm - 1) / StrideMm);
        for (var i = 1; i <= strides; i++)
        {
            var x = (dx * i / strides) - (dx * (i - 1) / strides);
            var y = (dy * i / strides) - (dy * (i - 1) / strides);
            if (ArenaGeometry.IsFree(Plan.Map, fighter.X + x, fighter.Y + y, radius))
            {
                fighter.X += x;
                fighter.Y += y;
            }
            else if (slides && x != 0 && ArenaGeometry.IsFree(Plan.Map, fighter.X + x, fighter.Y, radius))
            {
                fighter.X += x;
            }
            else if (slides && y != 0 && ArenaGeometry.IsFree(Plan.Map, fighter.X, fighter.Y + y, radius))
            {
                fighter.Y += y;
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>The end of a dash strikes those who stand around, if the skill has any power.</summary>
    private void Land(Fighter fighter)
    {
        var action = fighter.Actions[fighter.DashAction];
        if (action.Power > 0) StrikeAround(fighter, action, fighter.X, fighter.Y, action.RadiusMm);
    }

    private void MoveProjectiles()
    {
        for (var i = 0; i < Projectiles.Count; i++)
        {
            var missile = Projectiles[i];
            Fly(missile);
            if (_tick >= missile.EndTick) missile.EndTick = 0;
        }

        Projectiles.RemoveAll(static missile => missile.EndTick == 0);
    }

    private void Fly(Projectile missile)
    {
        var owner = Fighters[missile.Owner];
        var action = owner.Actions[missile.Action];
        var (startX, startY) = (missile.X, missile.Y);
        // The usual case: neither an obstacle nor an enemy is within reach of this step.
        var reach = Math.Abs(missile.StepX) + Math.Abs(missile.StepY);
        if (ArenaGeometry.IsFree(Plan.Map, startX, startY, reach)
            && Meets(owner, missile, action.RadiusMm + reach) is null)
        {
            missile.X += missile.StepX;
            missile.Y += missile.StepY;
            return;
        }

        var strides = Math.Max(1, (action.StepMm + StrideMm - 1) / StrideMm);
        for (var i = 1; i <= strides; i++)
        {
            missile.X = startX + (missile.StepX * i / strides);
            missile.Y = startY + (missile.StepY * i / strides);
            var target = Meets(owner, missile, action.RadiusMm);
            // Only its middle meets obstacles, so that a broad one can be used beside a wall.
            if (target is null && ArenaGeometry.IsFree(Plan.Map, missile.X, missile.Y, 0)) continue;
            if (action.SplashMm > 0) StrikeAround(owner, action, missile.X, missile.Y, action.SplashMm);
            else if (target is not null) Strike(owner, target, action);
            missile.EndTick = 0;
            return;
        }
    }

    /// <summary>The nearest enemy that a missile touches; of two as near, the one with the lower number.</summary>
    private Fighter? Meets(Fighter owner, Projectile missile, int radius)
    {
        Fighter? nearest = null;
        long reach = Plan.Tuning.FighterRadiusMm + radius;
        var best = (reach * reach) + 1;
        foreach (var fighter in Fighters)
        {
            if (!fighter.IsAlive || fighter.Side == owner.Side) continue;
            var distance = ArenaGeometry.SquaredDistance(fighter.X, fighter.Y, missile.X, missile.Y);
            if (distance >= best) continue;
            best = distance;
            nearest = fighter;
        }

        return nearest;
    }
}
