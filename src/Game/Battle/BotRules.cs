namespace GameBackend.Game;

/// <summary>
/// Steers fighters without a player: simply, by what the state alone says, and through the same actions that players
/// have.
/// </summary>
internal static class BotRules
{
    private const int DetourTicks = 12;
    private const int ThinkTicks = 4;

    public static void Steer(BattleWorld world, Fighter fighter)
    {
        if (!fighter.IsAlive || !world.IsSteered(fighter)) return;
        fighter.MoveUntil = world.Tick;
        var enemy = Nearest(world, fighter, out var distance);
        if (world.Tick >= fighter.ThinkAt)
        {
            // Not every tick, and not all in the same one: a bot is no faster than a player.
            fighter.ThinkAt = world.Tick + ThinkTicks + world.Random(ThinkTicks);
            Think(world, fighter, enemy, distance);
        }

        Walk(world, fighter, enemy, distance);
    }

    private static Fighter? Nearest(BattleWorld world, Fighter fighter, out int distance)
    {
        Fighter? nearest = null;
        long view = world.Plan.Tuning.ViewRadiusMm;
        var best = (view * view) + 1;
        foreach (var other in world.Fighters)
        {
            if (!other.IsAlive || other.Side == fighter.Side) continue;
            var squared = ArenaGeometry.SquaredDistance(fighter.X, fighter.Y, other.X, other.Y);
            if (squared >= best) continue;
            best = squared;
            nearest = other;
        }

        distance = nearest is null ? int.MaxValue : (int)ArenaGeometry.Sqrt(best);
        return nearest;
    }

    /// <summary>Picks the first action that is ready and makes sense, the last skill first.</summary>
    private static void Think(BattleWorld world, Fighter fighter, Fighter? enemy, int distance)
    {
        for (var index = RoleDefinition.ActionCount - 1; index >= 0; index--)
        {
            if (world.Tick < fighter.ReadyAt[index]) continue;
            var action = fighter.Actions[index];
            if (!Suits(world, fighter, action, enemy, distance)) continue;
            fighter.Action = index + 1;
            Aim(world, fighter, action, enemy);
            return;
        }
    }

    private static bool Suits(BattleWorld world, Fighter fighter, ActionPlan action, Fighter? enemy, int distance) =>
        action.Kind switch
        {
            SkillKind.Mend => enemy is not null && (long)fighter.Health * 2 < fighter.MaxHealth,
            SkillKind.Dash => enemy is not null && distance > action.RangeMm && world.Random(4) == 0,
            SkillKind.Area => enemy is not null && distance <= action.RangeMm + action.RadiusMm,
            SkillKind.Projectile => enemy is not null && distance <= action.RangeMm,
            _ => false,
        };

    private static void Aim(BattleWorld world, Fighter fighter, ActionPlan action, Fighter? enemy)
    {
        if (action.Kind == SkillKind.Mend || enemy is null) return;
        var x = enemy.X - fighter.X;
        var y = enemy.Y - fighter.Y;
        if (action.Kind == SkillKind.Area)
        {
            // At the enemy, or as near to it as the skill reaches.
            var squared = ((long)x * x) + ((long)y * y);
            if (squared > (long)action.RangeMm * action.RangeMm)
                (x, y) = ArenaGeometry.Scale(x, y, Math.Max(0, action.RangeMm - 1));
        }
        else
        {
            // Up to about six degrees off.
            x += (x * (world.Random(21) - 10) / 100) + world.Random(3) - 1;
            y += (y * (world.Random(21) - 10) / 100) + world.Random(3) - 1;
        }

        (fighter.AimX, fighter.AimY) = (x, y);
    }

    private static void Walk(BattleWorld world, Fighter fighter, Fighter? enemy, int distance)
    {
        var (x, y) = Goal(world, fighter, enemy, distance);
        (x, y) = ArenaGeometry.Scale(x, y, BattleWorld.Unit);
        var wanted = fighter.MoveX != 0 || fighter.MoveY != 0;
        var stuck = wanted && fighter.X == fighter.BeforeX && fighter.Y == fighter.BeforeY && fighter.DashTicks == 0;
        if (stuck && world.Tick >= fighter.DetourUntil)
        {
            fighter.DetourUntil = world.Tick + DetourTicks + world.Random(DetourTicks);
            fighter.DetourTurn = world.Random(2) == 0 ? 1 : -1;
        }

        if (world.Tick < fighter.DetourUntil)
            (x, y) = (-y * fighter.DetourTurn, x * fighter.DetourTurn);
        (fighter.MoveX, fighter.MoveY) = (x, y);
    }

    private static (int X, int Y) Goal(BattleWorld world, Fighter fighter, Fighter? enemy, int distance)
    {
        if (enemy is not null)
        {
            var (x, y) = (enemy.X - fighter.X, enemy.Y - fighter.Y);
            var reach = fighter.Actions[0].RangeMm;
            if (distance > reach * 3 / 4) return (x, y);
            // Within reach it goes round its enemy, to be hit less.
            return (world.Tick / (2 * world.Plan.TicksPerSecond)) % 2 == fighter.Index % 2 ? (-y, x) : (y, -x);
        }

        var arrived = ArenaGeometry.IsWithin(
            fighter.X, fighter.Y, fighter.RoamX, fighter.RoamY, 2 * world.Plan.Tuning.FighterRadiusMm);
        if ((fighter.RoamX == 0 && fighter.RoamY == 0) || arrived) Roam(world, fighter);
        return (fighter.RoamX - fighter.X, fighter.RoamY - fighter.Y);
    }

    /// <summary>Without an enemy in sight it goes to a pickup, or to the middle where the others come by.</summary>
    private static void Roam(BattleWorld world, Fighter fighter)
    {
        var pickups = world.Plan.Map.Pickups;
        var choice = world.Random(pickups.Length + 1);
        (fighter.RoamX, fighter.RoamY) = choice < pickups.Length
            ? (pickups[choice].X, pickups[choice].Y)
            : (world.Plan.Map.WidthMm / 2, (world.Plan.Map.HeightMm / 2) - 4000);
    }
}
