namespace GameBackend.Game.Tests;

public sealed class MovementTests
{
    [Fact]
    public void Walking_is_as_fast_as_base_and_stat_say_up_to_the_limit()
    {
        foreach (var (stat, step) in new[] { (0, 200), (10, 250), (1000, 400), (int.MaxValue, 400) })
        {
            var setup = TestArena.Setup();
            setup.Seats[0].Stats.Speed = stat;
            var room = new BattleRoom(TestArena.Catalogue, setup);
            room.Do(0, move: (100, 0));
            Assert.Equal(5000 + step, room.Fighter(0).X);
        }
    }

    [Fact]
    public void A_diagonal_is_no_faster_and_half_a_key_is_half_as_fast()
    {
        var room = TestArena.Room();
        room.Do(0, move: (100, 100));
        var f = room.Fighter(0);
        Assert.InRange(Math.Sqrt(Math.Pow(f.X - 5000, 2) + Math.Pow(f.Y - 20000, 2)), 196, 200);
        room.Put(0, 5000, 20000);
        room.Do(0, move: (50, 0));
        Assert.Equal(5100, f.X);
    }

    [Fact]
    public void A_wall_is_never_entered_and_slid_along()
    {
        var room = TestArena.Room();
        var f = room.Put(0, 19000, 12000);
        for (var i = 0; i < 20; i++) room.Do(0, move: (100, 30));
        Assert.InRange(f.X, 19400, 20600);
        Assert.True(f.Y > 12500);
    }

    [Fact]
    public void A_gap_as_wide_as_a_fighter_lets_it_through_and_a_narrower_one_does_not()
    {
        var room = TestArena.Room();
        var f = room.Put(0, 29000, 12500);
        for (var i = 0; i < 20; i++) room.Do(0, move: (100, 0));
        Assert.True(f.X > 31500, $"stopped at {f.X}");
        f = room.Put(0, 29000, 12499);
        for (var i = 0; i < 20; i++) room.Do(0, move: (100, 0));
        Assert.True(f.X < 30000, $"came to {f.X}");
    }

    [Fact]
    public void A_corner_is_round_for_a_round_fighter()
    {
        var map = TestArena.Catalogue.Arena!.Maps["field"];
        // The corner of a rectangle is at 20000, 10000.
        Assert.True(ArenaGeometry.IsFree(map, 19500, 9500, 500));
        Assert.True(ArenaGeometry.IsFree(map, 19646, 9646, 500));
        Assert.False(ArenaGeometry.IsFree(map, 19647, 9647, 500));
        Assert.True(ArenaGeometry.IsFree(map, 19500, 12000, 500));
        Assert.False(ArenaGeometry.IsFree(map, 19501, 12000, 500));
        Assert.True(ArenaGeometry.IsFree(map, 17500, 30000, 500));
        Assert.False(ArenaGeometry.IsFree(map, 17501, 30000, 500));
        Assert.False(ArenaGeometry.IsFree(map, 20500, 12000, 0));
    }

    [Fact]
    public void The_edge_of_the_map_holds()
    {
        var room = TestArena.Room();
        var f = room.Put(0, 1000, 1000);
        for (var i = 0; i < 20; i++) room.Do(0, move: (-100, -100));
        Assert.InRange(f.X, 500, 600);
        Assert.InRange(f.Y, 500, 600);
    }

    [Fact]
    public void The_fastest_fighter_tunnels_through_nothing()
    {
        var setup = TestArena.Setup();
        setup.Seats[0].Stats.Speed = 1_000_000;
        setup.TicksPerSecond = 10;
        var room = new BattleRoom(TestArena.Catalogue, setup);
        var f = room.Put(0, 19000, 12000);
        for (var i = 0; i < 10; i++)
        {
            f.HasteUntil = 1000;
            room.Do(0, move: (100, 0));
        }

        Assert.True(f.X <= 19500);
    }

    [Fact]
    public void Movement_holds_for_a_moment_without_inputs_and_then_stops()
    {
        var room = TestArena.Room();
        room.Do(0, move: (100, 0));
        room.Run(10);
        Assert.Equal(5000 + (11 * 200), room.Fighter(0).X);
        room.Run(10);
        Assert.Equal(5000 + (11 * 200), room.Fighter(0).X);
    }

    [Fact]
    public void Sixty_ticks_a_second_are_the_same_speed()
    {
        var setup = TestArena.Setup();
        setup.TicksPerSecond = 60;
        var room = new BattleRoom(TestArena.Catalogue, setup);
        for (var i = 0; i < 60; i++) room.Do(0, move: (100, 0));
        Assert.InRange(room.Fighter(0).X, 5000 + 3900, 5000 + 4000);
    }
}
