namespace GameBackend.Game.Tests;

public sealed class SnapshotTests
{
    private static readonly Catalogue s_catalogue = Catalogue.LoadDefault();

    [Theory]
    [InlineData("3v3", 0)]
    [InlineData("3v3", 1)]
    [InlineData("3v3", 2)]
    [InlineData("ffa8", 5)]
    [InlineData("ffa8", 8)]
    public void Snapshots_add_up_to_what_the_side_sees_whatever_gets_lost(string mode, int side)
    {
        var room = new BattleRoom(s_catalogue, TestArena.GameSetup(mode, 21, players: 2));
        var players = new RandomFighting(room, 21, 2);
        var random = new Random(side);
        var fold = new SnapshotFold();
        var (seen, hidden, asked) = (0, 0, 0);
        for (var i = 0; i < 2000 && !room.Ended; i++)
        {
            players.Play();
            room.Advance();
            var snapshot = room.Snapshot(side).ToArray();
            if (random.Next(3) == 0) continue;
            if (!fold.Apply(snapshot))
            {
                asked++;
                Assert.True(fold.Apply(room.Baseline(side).Span));
                Assert.True(fold.Apply(snapshot));
            }

            Compare(room.World, side, fold);
            if (fold.Fighters.Count < room.FighterCount) hidden++;
            else seen++;
        }

        Assert.True(asked > 5, $"{asked} baselines were missed");
        Assert.True(side == room.SideCount ? hidden == 0 : hidden > 100, $"{hidden} times somebody was hidden");
    }

    [Fact]
    public void The_enemy_is_not_told_what_is_out_of_its_view()
    {
        var room = TestArena.Room();
        room.Put(0, 5000, 20000);
        room.Put(1, 15000, 20000);
        Assert.Equal(2, Parse(room.Snapshot(0)).Fighters.Count);
        room.Put(1, 15001, 20000);
        var delta = Parse(room.Snapshot(0));
        Assert.Equal([1U], delta.FightersGone);
        Assert.Empty(delta.Fighters);
        Assert.DoesNotContain(Parse(room.Snapshot(1)).Fighters, fighter => fighter.Fighter == 0);
        Assert.Equal(2, Parse(room.Snapshot(2)).Fighters.Count);
    }

    [Fact]
    public void Cool_downs_of_the_enemy_are_its_own_business()
    {
        var room = TestArena.Room();
        room.Put(1, 8000, 20000);
        room.Do(1, BattleAction.Attack, aim: (0, 1));
        var told = Parse(room.Snapshot(0)).Fighters;
        Assert.Empty(told.Single(fighter => fighter.Fighter == 1).ReadyTicks);
        Assert.Equal(5, told.Single(fighter => fighter.Fighter == 0).ReadyTicks.Count);
        Assert.Equal(11U, Parse(room.Snapshot(1)).Fighters.Single(fighter => fighter.Fighter == 1).ReadyTicks[0]);
    }

    [Fact]
    public void Nothing_new_is_a_few_bytes()
    {
        var room = TestArena.Room();
        room.Snapshot(0);
        room.Run(5);
        Assert.InRange(room.Snapshot(0).Length, 5, 20);
    }

    [Fact]
    public void A_player_is_told_a_bounded_number_of_bytes_a_second()
    {
        foreach (var mode in new[] { "1v1", "3v3", "ffa8" })
        {
            var room = new BattleRoom(s_catalogue, TestArena.GameSetup(mode, 8, players: 0));
            var (bytes, most) = (0L, 0);
            while (!room.Ended && room.Tick < 2400)
            {
                room.Advance();
                for (var side = 0; side < room.SideCount; side++)
                {
                    var length = room.Snapshot(side).Length;
                    bytes += length;
                    most = Math.Max(most, length);
                }
            }

            var perSecond = bytes * 20 / room.Tick / room.SideCount;
            Assert.True(perSecond < 6000, $"{mode}: {perSecond} bytes a second");
            Assert.True(most < 2000, $"{mode}: a snapshot of {most} bytes");
        }
    }

    [Fact]
    public void After_warm_up_a_tick_with_its_snapshots_allocates_next_to_nothing()
    {
        var room = new BattleRoom(s_catalogue, TestArena.GameSetup("ffa8", 30, players: 8));
        var input = new BattleInput();
        var warm = 0L;
        const int Ticks = 2000;
        for (var i = 0; i < Ticks * 2; i++)
        {
            if (i == Ticks) warm = GC.GetAllocatedBytesForCurrentThread();
            for (var f = 0; f < 8; f++)
            {
                input.Number = (uint)i + 1;
                input.MoveX = (i / 20 * (f + 3) % 200) - 100;
                input.MoveY = (i / 30 * (f + 5) % 200) - 100;
                input.Action = (BattleAction)(i % 6);
                (input.AimX, input.AimY) = (input.MoveX * 10, input.MoveY * 10);
                room.Submit(f, input);
            }

            room.Advance();
            for (var side = 0; side <= room.SideCount; side++) room.Snapshot(side);
            if (i % 20 == 0) room.DropLog();
        }

        Assert.False(room.Ended);
        var perTick = (GC.GetAllocatedBytesForCurrentThread() - warm) / Ticks;
        Assert.True(perTick < 16, $"{perTick} bytes a tick");
    }

    private static BattleSnapshot Parse(ReadOnlyMemory<byte> bytes) => BattleSnapshot.Parser.ParseFrom(bytes.Span);

    private static void Compare(BattleWorld world, int side, SnapshotFold fold)
    {
        Assert.Equal((uint)world.Tick, fold.Tick);
        var view = world.Plan.Tuning.ViewRadiusMm;
        var all = side == world.Sides.Length;
        var eyes = world.Fighters.Where(f => f.IsAlive && f.Side == side).ToArray();
        var visible = world.Fighters.Where(f => all || f.Side == side || Sees(f.X, f.Y)).ToArray();
        Assert.Equal(visible.Select(f => (uint)f.Index), fold.Fighters.Keys.Order());
        foreach (var f in visible)
        {
            var told = fold.Fighters[(uint)f.Index];
            Assert.Equal(
                ((uint)f.X, (uint)f.Y, f.FaceX, f.FaceY, (uint)f.Health, (uint)f.Shield),
                (told.X, told.Y, told.FaceX, told.FaceY, told.Health, told.Shield));
            Assert.Equal(f.IsAlive, (told.Status & 1) != 0);
            Assert.Equal(all || f.Side == side, told.ReadyTicks.Count == 5);
            if (all || f.Side == side) Assert.Equal(f.ReadyAt.Select(ready => (uint)ready), told.ReadyTicks);
        }

        var missiles = Enumerable.Range(0, world.Projectiles.Count).Select(i => world.Projectiles[i])
            .Where(p => all || world.Fighters[p.Owner].Side == side || Sees(p.X, p.Y)).ToArray();
        Assert.Equal(missiles.Select(p => (uint)p.Id), fold.Projectiles.Keys.Order());
        foreach (var p in missiles)
        {
            var told = fold.Projectiles[(uint)p.Id];
            var age = world.Tick - (int)told.Tick;
            Assert.Equal((p.X, p.Y), ((int)told.X + (age * told.StepX), (int)told.Y + (age * told.StepY)));
        }

        for (var i = 0; i < world.PickupReadyAt.Length; i++)
            Assert.Equal((uint)world.PickupReadyAt[i], fold.Pickups[(uint)i]);
        for (var i = 0; i < world.Sides.Length; i++)
            Assert.Equal((uint)world.Sides[i].Score, fold.Scores[(uint)i]);

        bool Sees(int x, int y) => eyes.Any(f => ArenaGeometry.IsWithin(f.X, f.Y, x, y, view));
    }
}
