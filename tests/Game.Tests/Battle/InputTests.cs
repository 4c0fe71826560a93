namespace GameBackend.Game.Tests;

/// <summary>What cheats send. None of it changes anything but the count of what was refused.</summary>
public sealed class InputTests
{
    public static TheoryData<InputRefusal, BattleInput> Refused => new()
    {
        { InputRefusal.Range, new BattleInput { Number = 20, MoveX = 101 } },
        { InputRefusal.Range, new BattleInput { Number = 20, MoveX = -30_000 } },
        { InputRefusal.Range, new BattleInput { Number = 20, MoveY = int.MinValue } },
        { InputRefusal.Range, new BattleInput { Number = 20, AimX = 100_001, Action = BattleAction.Attack } },
        { InputRefusal.Range, new BattleInput { Number = 20, AimY = int.MaxValue, Action = BattleAction.Skill3 } },
        { InputRefusal.Range, new BattleInput { Number = 20, Action = (BattleAction)6 } },
        { InputRefusal.Range, new BattleInput { Number = 20, Action = (BattleAction)(-1) } },
        { InputRefusal.Range, new BattleInput { Number = 20, Target = 256 } },
        { InputRefusal.Range, new BattleInput { Number = 0 } },
        { InputRefusal.Range, new BattleInput { Number = uint.MaxValue } },
        { InputRefusal.Number, new BattleInput { Number = 10, MoveX = 100 } },
        { InputRefusal.Number, new BattleInput { Number = 3, MoveX = 100 } },
        { InputRefusal.Late, new BattleInput { Number = 20, Tick = 10, MoveX = 100 } },
        { InputRefusal.Late, new BattleInput { Number = 20, Tick = 1, MoveX = 100 } },
        { InputRefusal.Early, new BattleInput { Number = 20, Tick = 27, MoveX = 100 } },
        { InputRefusal.Early, new BattleInput { Number = 20, Tick = uint.MaxValue, MoveX = 100 } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_may_not_be_sent_changes_nothing_and_the_player_is_told(InputRefusal why, BattleInput input)
    {
        var (room, other) = (TestArena.Room(), TestArena.Room());
        foreach (var r in new[] { room, other })
            for (var i = 0; i < 10; i++) r.Do(0);

        Assert.Equal(why, room.Submit(0, input));
        room.Run(30);
        other.Run(30);
        Assert.Equal(other.StateHash(), room.StateHash());
        var told = BattleSnapshot.Parser.ParseFrom(room.Snapshot(0).Span).Fighters.Single(f => f.Fighter == 0);
        Assert.Equal((1U, why), (told.RefusedCount, told.RefusedWhy));
        Assert.Equal(Math.Min(input.Number, int.MaxValue), told.RefusedInput);
        var enemy = BattleSnapshot.Parser.ParseFrom(room.Snapshot(1).Span).Fighters;
        Assert.DoesNotContain(enemy, f => f.Fighter == 0 && f.HasRefusedCount);
    }

    [Fact]
    public void A_tick_takes_one_input_and_a_flood_is_refused()
    {
        var room = TestArena.Room();
        Assert.Equal(InputRefusal.None, room.Submit(0, new BattleInput { Number = 1, Tick = 1, MoveX = 100 }));
        Assert.Equal(InputRefusal.Rate, room.Submit(0, new BattleInput { Number = 2, Tick = 1, MoveX = 100 }));
        var accepted = 0;
        for (var number = 3U; number < 1000; number++)
        {
            if (room.Submit(0, new BattleInput { Number = number, MoveX = 100 }) == InputRefusal.None) accepted++;
        }

        Assert.Equal(InputGate.AheadTicks - 1, accepted);
        room.Run(4);
        Assert.Equal(5000 + (4 * 200), room.Fighter(0).X);
    }

    [Fact]
    public void Inputs_for_later_ticks_wait_for_them()
    {
        var room = TestArena.Room();
        room.Submit(0, new BattleInput { Number = 1, Tick = 3, MoveX = 100 });
        room.Submit(0, new BattleInput { Number = 2, Tick = 4 });
        room.Run(2);
        Assert.Equal(5000, room.Fighter(0).X);
        room.Run(1);
        Assert.Equal((5200, 1), (room.Fighter(0).X, room.Fighter(0).LastInput));
        room.Run(5);
        Assert.Equal((5200, 2), (room.Fighter(0).X, room.Fighter(0).LastInput));
    }

    [Fact]
    public void A_cool_down_cannot_be_got_round()
    {
        var room = TestArena.Room();
        room.Put(0, 5000, 20000);
        room.Put(1, 9000, 20000);
        room.Fighter(1).Health = room.Fighter(1).MaxHealth = 1000;
        for (var i = 0; i < 100; i++) room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.Run(10);
        // Five seconds, one bolt each half second.
        Assert.Equal(1000 - (10 * 20), room.Fighter(1).Health);
        Assert.Equal((90, (int)InputRefusal.CoolDown), (room.Fighter(0).RefusedCount, room.Fighter(0).RefusedWhy));
    }

    [Fact]
    public void Wrong_targets_and_places_out_of_reach_are_refused_and_cost_no_cool_down()
    {
        var room = TestArena.Room("teams");
        room.Put(0, 5000, 20000).Health = 50;
        room.Put(1, 10001, 20000).Health = 50;
        room.Put(3, 6000, 20000).Health = 50;
        Try(InputRefusal.Target, BattleAction.Skill4, target: 4);
        Try(InputRefusal.Target, BattleAction.Skill4, target: 200);
        Try(InputRefusal.TooFar, BattleAction.Skill4, target: 2);
        Try(InputRefusal.TooFar, BattleAction.Skill3, aim: (6001, 0));
        room.Put(0, 1000, 20000);
        Try(InputRefusal.TooFar, BattleAction.Skill3, aim: (-1001, 0));
        room.Fighter(2).Health = 0;
        room.Fighter(2).LastHitBy = 3;
        room.Run(1);
        Try(InputRefusal.Target, BattleAction.Skill4, target: 3);
        Assert.All(room.World.Fighters.Where(f => f.IsAlive), f => Assert.True(f.Health is 50 or 100));
        Assert.All(room.Fighter(0).ReadyAt, ready => Assert.Equal(0, ready));
        Assert.Equal(0, room.World.Areas.Count);

        void Try(InputRefusal why, BattleAction action, (int X, int Y) aim = default, int target = 0)
        {
            room.Do(0, action, aim, target: target);
            Assert.Equal((int)why, room.Fighter(0).RefusedWhy);
            Assert.Equal(room.Tick, room.Fighter(0).RefusedInput);
        }
    }

    [Fact]
    public void The_dead_can_do_nothing()
    {
        var room = TestArena.Room("teams");
        room.Fighter(0).Health = 0;
        room.Fighter(0).LastHitBy = 3;
        room.Run(1);
        var at = (room.Fighter(0).X, room.Fighter(0).Y);
        room.Do(0, BattleAction.Attack, aim: (1, 0), move: (100, 0));
        Assert.Equal((int)InputRefusal.Dead, room.Fighter(0).RefusedWhy);
        Assert.Equal(at, (room.Fighter(0).X, room.Fighter(0).Y));
        Assert.Equal(0, room.World.Projectiles.Count);
    }

    [Fact]
    public void Who_left_or_dropped_sends_nothing()
    {
        var room = TestArena.Room("teams");
        room.Leave(0);
        room.Drop(1);
        room.Run(1);
        Assert.Equal(InputRefusal.Out, room.Submit(0, new BattleInput { Number = 1 }));
        Assert.Equal(InputRefusal.Out, room.Submit(1, new BattleInput { Number = 1 }));
        room.Return(0);
        room.Return(1);
        room.Run(1);
        Assert.Equal(InputRefusal.Out, room.Submit(0, new BattleInput { Number = 1 }));
        Assert.Equal(InputRefusal.None, room.Submit(1, new BattleInput { Number = 1 }));
    }

    [Fact]
    public void A_flood_of_votes_leaves_room_for_a_departure()
    {
        var room = TestArena.Room("teams");
        for (var i = 0; i < 1000; i++) room.VoteSurrender(0, true);
        room.Leave(0);
        room.Run(1);
        Assert.Equal(FighterPresence.Left, room.PresenceOf(0));
    }
}
