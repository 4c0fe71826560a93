namespace GameBackend.Game.Tests;

/// <summary>What holds of every arena after every tick.</summary>
internal static class BattleInvariants
{
    public static void Check(BattleWorld world)
    {
        var map = world.Plan.Map;
        var radius = world.Plan.Tuning.FighterRadiusMm;
        foreach (var f in world.Fighters)
        {
            Assert.InRange(f.Health, f.IsAlive ? 1 : 0, f.IsAlive ? f.MaxHealth : 0);
            Assert.InRange(f.Shield, 0, BattleWorld.StatLimit);
            Assert.InRange(f.LastHitBy, -1, world.Fighters.Length - 1);
            Assert.True(ArenaGeometry.IsFree(map, f.X, f.Y, radius), $"{f.Index} stands in a wall at {f.X}, {f.Y}");
            Assert.True(f.Damage >= 0 && f.Mended >= 0 && f.Kills >= 0 && f.Score >= 0);
            Assert.InRange((f.FaceX * f.FaceX) + (f.FaceY * f.FaceY), 9_500, 10_000);
            Assert.Equal((0, 0, 0, 0), (f.Action, f.AimX, f.AimY, f.Target));
        }

        for (var i = 0; i < world.Sides.Length; i++)
            Assert.Equal(world.Sides[i].Score, world.Fighters.Where(f => f.Side == i).Sum(f => f.Score));
        Assert.Equal(world.Fighters.Sum(f => f.Deaths), world.Fighters.Sum(f => f.Kills));
        for (var i = 0; i < world.Projectiles.Count; i++)
        {
            var missile = world.Projectiles[i];
            Assert.True(ArenaGeometry.IsFree(map, missile.X, missile.Y, 0), "a missile in a wall");
            Assert.True(i == 0 || world.Projectiles[i - 1].Id < missile.Id);
        }

        for (var i = 0; i < world.Areas.Count; i++)
        {
            Assert.InRange(world.Areas[i].X, 0, map.WidthMm);
            Assert.InRange(world.Areas[i].Y, 0, map.HeightMm);
        }
    }
}
