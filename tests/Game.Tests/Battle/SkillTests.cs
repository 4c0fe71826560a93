namespace GameBackend.Game.Tests;

public sealed class SkillTests
{
    [Fact]
    public void A_bolt_hits_the_first_enemy_on_its_way_and_nobody_behind()
    {
        var room = TestArena.Room("free");
        room.Put(0, 5000, 20000);
        room.Put(1, 8000, 20000);
        room.Put(2, 10000, 20000);
        room.Do(0, BattleAction.Attack, aim: (1000, 0));
        room.Run(10);
        Assert.Equal(80, room.Fighter(1).Health);
        Assert.Equal(100, room.Fighter(2).Health);
        Assert.Equal(20, room.Fighter(0).Damage);
        Assert.Equal(0, room.World.Projectiles.Count);
    }

    [Fact]
    public void A_bolt_flies_past_allies_and_its_owner()
    {
        var room = TestArena.Room("teams");
        room.Put(0, 5000, 20000);
        room.Put(1, 7000, 20000);
        room.Put(3, 9000, 20000);
        room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.Run(10);
        Assert.Equal(100, room.Fighter(1).Health);
        Assert.Equal(80, room.Fighter(3).Health);
    }

    [Theory]
    [InlineData(8600, true)]
    [InlineData(8601, false)]
    public void A_bolt_reaches_as_far_as_its_range_and_the_bodies_are_wide(int distance, bool hits)
    {
        // 8,000 of range, 500 of the fighter and 100 of the bolt.
        var room = TestArena.Room();
        room.Put(0, 5000, 20000);
        room.Put(1, 5000 + distance, 20000);
        room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.Run(12);
        Assert.Equal(hits ? 80 : 100, room.Fighter(1).Health);
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(100, 10)]
    [InlineData(1900, 1)]
    [InlineData(1_000_000, 1)]
    public void Defence_divides_damage_down_to_one(int defence, int damage)
    {
        var setup = TestArena.Setup();
        setup.Seats[1].Stats.Defence = defence;
        var room = new BattleRoom(TestArena.Catalogue, setup);
        room.Put(1, 8000, 20000);
        room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.Run(5);
        Assert.Equal(100 - damage, room.Fighter(1).Health);
    }

    [Fact]
    public void A_fireball_bursts_on_the_first_enemy_and_strikes_and_slows_all_around()
    {
        var room = TestArena.Room("teams");
        room.Put(0, 5000, 20000);
        room.Put(3, 9000, 20000);
        room.Put(4, 9000, 22400);
        room.Put(5, 9000, 23000);
        room.Do(0, BattleAction.Skill1, aim: (1, 0));
        room.Run(8);
        Assert.Equal(60, room.Fighter(3).Health);
        Assert.Equal(60, room.Fighter(4).Health);
        Assert.Equal(100, room.Fighter(5).Health);
        room.Do(3, move: (0, 100));
        var before = room.Fighter(3).Y;
        room.Do(3, move: (0, 100));
        Assert.Equal(100, room.Fighter(3).Y - before);
        room.Run(20);
        before = room.Fighter(3).Y;
        room.Do(3, move: (0, 100));
        Assert.Equal(200, room.Fighter(3).Y - before);
    }

    [Fact]
    public void A_fireball_bursts_on_an_obstacle_too()
    {
        var room = TestArena.Room();
        room.Put(0, 16000, 12000);
        room.Put(1, 21700, 12000);
        room.Do(0, BattleAction.Skill1, aim: (1, 0));
        room.Run(12);
        Assert.Equal(60, room.Fighter(1).Health);
    }

    [Fact]
    public void A_bolt_ends_at_an_obstacle()
    {
        var room = TestArena.Room();
        room.Put(0, 19000, 12000);
        room.Put(1, 21600, 12000);
        room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.Run(12);
        Assert.Equal(100, room.Fighter(1).Health);
        Assert.Equal(0, room.World.Projectiles.Count);
    }

    [Fact]
    public void A_charge_carries_forward_and_strikes_where_it_ends()
    {
        var room = TestArena.Room();
        room.Put(0, 5000, 20000);
        room.Put(1, 10000, 20000);
        room.Do(0, BattleAction.Skill2, aim: (0, 0));
        // Looks to the middle of the map, which is to the right.
        room.Run(4);
        Assert.Equal((9000, 20000), (room.Fighter(0).X, room.Fighter(0).Y));
        Assert.Equal(70, room.Fighter(1).Health);
    }

    [Fact]
    public void A_charge_ends_at_a_wall()
    {
        var room = TestArena.Room();
        room.Put(0, 18000, 12000);
        room.Do(0, BattleAction.Skill2, aim: (100, 0));
        room.Run(10);
        Assert.InRange(room.Fighter(0).X, 19400, 19500);
    }

    [Fact]
    public void While_it_charges_a_fighter_can_do_nothing_else()
    {
        var room = TestArena.Room();
        room.Do(0, BattleAction.Skill2, aim: (1, 0));
        room.Do(0, BattleAction.Attack, aim: (1, 0), move: (0, 100));
        Assert.Equal(0, room.World.Projectiles.Count);
        Assert.Equal(20000, room.Fighter(0).Y);
        Assert.Equal((int)InputRefusal.Busy, room.Fighter(0).RefusedWhy);
    }

    [Fact]
    public void A_meteor_strikes_the_place_once_after_its_delay()
    {
        var room = TestArena.Room();
        room.Put(0, 5000, 20000);
        room.Put(1, 9000, 21900);
        room.Do(0, BattleAction.Skill3, aim: (4000, 0));
        room.Run(9);
        Assert.Equal(100, room.Fighter(1).Health);
        room.Run(1);
        Assert.Equal(40, room.Fighter(1).Health);
        room.Run(30);
        Assert.Equal(40, room.Fighter(1).Health);
        Assert.Equal(0, room.World.Areas.Count);
    }

    [Fact]
    public void A_meteor_misses_who_has_left_the_place()
    {
        var room = TestArena.Room();
        room.Put(0, 5000, 20000);
        room.Put(1, 9000, 21500);
        room.Do(0, BattleAction.Skill3, aim: (4000, 0));
        for (var i = 0; i < 12; i++) room.Do(1, move: (0, 100));
        Assert.Equal(100, room.Fighter(1).Health);
    }

    [Fact]
    public void Thorns_strike_again_and_again_while_one_stays()
    {
        var room = TestArena.Room(role: "druid");
        room.Put(0, 5000, 20000);
        room.Put(1, 9000, 20000);
        room.Do(0, BattleAction.Skill3, aim: (4000, 0));
        Assert.Equal(90, room.Fighter(1).Health);
        room.Run(30);
        // At once and after 250, 500, 750 and 1,000 ms.
        Assert.Equal(50, room.Fighter(1).Health);
        Assert.Equal(0, room.World.Areas.Count);
    }

    [Fact]
    public void Mending_heals_up_to_full_health_and_shields()
    {
        var room = TestArena.Room("teams");
        room.Put(0, 5000, 20000);
        room.Put(1, 8000, 20000).Health = 70;
        room.Put(3, 8000, 23000);
        room.Do(0, BattleAction.Skill4, target: 2);
        Assert.Equal((100, 20), (room.Fighter(1).Health, room.Fighter(1).Shield));
        Assert.Equal(30, room.Fighter(0).Mended);
        room.Do(3, BattleAction.Attack, aim: (0, -1));
        room.Run(4);
        Assert.Equal((100, 0), (room.Fighter(1).Health, room.Fighter(1).Shield));
        room.Run(20);
        room.Do(0, BattleAction.Skill4);
        Assert.Equal(20, room.Fighter(0).Shield);
        room.Run(21);
        Assert.Equal(0, room.Fighter(0).Shield);
    }

    [Fact]
    public void Pickups_heal_hasten_and_score_and_come_back()
    {
        var room = TestArena.Room("teams");
        room.Put(0, 5000, 5000).Health = 10;
        room.Put(1, 5000, 35000);
        room.Put(2, 35000, 35000);
        room.Run(1);
        Assert.Equal(40, room.Fighter(0).Health);
        Assert.Equal((3, 3), (room.Fighter(2).Score, room.World.Sides[0].Score));
        var x = room.Fighter(1).X;
        room.Do(1, move: (100, 0));
        Assert.Equal(300, room.Fighter(1).X - x);
        room.Run(98);
        Assert.Equal(40, room.Fighter(0).Health);
        room.Run(1);
        Assert.Equal(70, room.Fighter(0).Health);
    }

    [Fact]
    public void Two_at_a_pickup_the_nearer_one_has_it()
    {
        var room = TestArena.Room();
        room.Put(0, 35000, 34400);
        room.Put(1, 35000, 35500);
        room.Run(1);
        Assert.Equal((0, 1), (room.Fighter(0).Pickups, room.Fighter(1).Pickups));
    }
}
