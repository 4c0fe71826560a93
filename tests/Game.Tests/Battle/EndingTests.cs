namespace GameBackend.Game.Tests;

public sealed class EndingTests
{
    [Fact]
    public void The_last_one_standing_wins()
    {
        var room = TestArena.Room();
        Slay(room, 0, 1);
        var result = room.Result();
        Assert.Equal(BattleEndReason.LastStanding, result.Reason);
        Assert.Equal([1U, 2U], result.Sides.Select(side => side.Rank));
        Assert.Equal((1U, 1U), (result.Fighters[0].Kills, result.Fighters[1].Deaths));
        Assert.Equal(room.StateHash(), result.StateHash);
    }

    [Fact]
    public void Two_who_slay_each_other_in_one_tick_tie()
    {
        var room = TestArena.Room();
        room.Put(0, 5000, 20000).Health = 1;
        room.Put(1, 8000, 20000).Health = 1;
        foreach (var (fighter, aim) in new[] { (0, 1), (1, -1) })
        {
            room.Submit(fighter, new BattleInput { Number = 1, Tick = 1, Action = BattleAction.Attack, AimX = aim });
        }

        room.Run(20);
        Assert.Equal(BattleEndReason.LastStanding, room.Result().Reason);
        Assert.All(room.Result().Sides, side => Assert.Equal(1U, side.Rank));
    }

    [Fact]
    public void When_time_is_up_the_healthier_one_wins_and_equals_tie()
    {
        var room = TestArena.Room();
        room.Fighter(1).Health = 99;
        room.Run(5000);
        Assert.Equal((BattleEndReason.Time, 1200U), (room.Result().Reason, room.Result().Ticks));
        Assert.Equal([1U, 2U], room.Result().Sides.Select(side => side.Rank));

        var even = TestArena.Room();
        even.Run(5000);
        Assert.All(even.Result().Sides, side => Assert.Equal(1U, side.Rank));
    }

    [Fact]
    public void Among_three_who_fell_later_is_better()
    {
        var room = TestArena.Room("free");
        Slay(room, 0, 1);
        Assert.False(room.Ended);
        Slay(room, 2, 0);
        Assert.True(room.Ended);
        Assert.Equal([2U, 3U, 1U], room.Result().Sides.Select(side => side.Rank));
    }

    [Fact]
    public void A_score_ends_a_battle_with_respawn()
    {
        var room = TestArena.Room("teams");
        for (var i = 0; i < 5; i++)
        {
            room.Fighter(3).ProtectedUntil = 0;
            Slay(room, 0, 3);
            if (!room.Ended) room.Run(41);
        }

        var result = room.Result();
        Assert.Equal((BattleEndReason.Score, 50U, 0U), (result.Reason, result.Sides[0].Score, result.Sides[1].Score));
        Assert.Equal([1U, 2U], result.Sides.Select(side => side.Rank));
    }

    [Fact]
    public void The_slain_come_back_at_their_place_protected_for_a_moment()
    {
        var room = TestArena.Room("teams");
        Slay(room, 0, 3);
        room.Run(38);
        Assert.False(room.Fighter(3).IsAlive);
        room.Run(1);
        Assert.Equal((35000, 20000, 100), (room.Fighter(3).X, room.Fighter(3).Y, room.Fighter(3).Health));
        room.Put(0, 32000, 20000);
        room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.Run(8);
        Assert.Equal(100, room.Fighter(3).Health);
        room.Run(12);
        room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.Run(5);
        Assert.Equal(80, room.Fighter(3).Health);
    }

    [Fact]
    public void A_side_gives_up_when_more_than_half_are_for_it()
    {
        var room = TestArena.Room("teams");
        room.Run(20);
        room.VoteSurrender(0, true);
        room.Run(5);
        room.VoteSurrender(1, false);
        room.Run(5);
        Assert.False(room.Ended);
        room.VoteSurrender(2, true);
        room.Run(1);
        Assert.Equal(BattleEndReason.Surrender, room.Result().Reason);
        Assert.Equal([2U, 1U], room.Result().Sides.Select(side => side.Rank));
        Assert.True(room.Result().Sides[0].Surrendered);
    }

    [Fact]
    public void A_vote_too_early_or_run_out_or_outvoted_or_with_the_enemy_counts_for_nothing()
    {
        var room = TestArena.Room("teams");
        room.VoteSurrender(0, true);
        room.VoteSurrender(1, true);
        room.Run(25);
        Assert.False(room.Ended);
        room.VoteSurrender(0, true);
        room.Run(41);
        room.VoteSurrender(1, true);
        room.VoteSurrender(4, true);
        room.Run(5);
        Assert.False(room.Ended);
        room.VoteSurrender(0, false);
        room.VoteSurrender(2, false);
        room.Run(1);
        room.VoteSurrender(2, true);
        room.Run(1);
        Assert.False(room.Ended);
    }

    [Fact]
    public void Whoever_left_has_no_vote_and_is_not_counted()
    {
        var room = TestArena.Room("teams");
        room.Run(20);
        room.Leave(1);
        room.Leave(2);
        room.Run(1);
        Assert.False(room.Ended);
        room.VoteSurrender(1, true);
        room.Run(1);
        Assert.False(room.Ended);
        room.VoteSurrender(0, true);
        room.Run(1);
        Assert.Equal(BattleEndReason.Surrender, room.Result().Reason);
    }

    [Fact]
    public void A_side_that_all_have_left_has_given_up()
    {
        var room = TestArena.Room("free");
        room.Leave(1);
        room.Run(1);
        Assert.False(room.Ended);
        room.Leave(0);
        room.Run(1);
        Assert.Equal(BattleEndReason.Surrender, room.Result().Reason);
        Assert.Equal([2U, 3U, 1U], room.Result().Sides.Select(side => side.Rank));
    }

    [Fact]
    public void A_dropped_player_stands_then_the_server_fights_and_then_it_is_the_players_again()
    {
        var room = TestArena.Room();
        room.Put(1, 12000, 20000).Health = room.Fighter(1).MaxHealth = 5000;
        room.Drop(0);
        room.Run(40);
        Assert.Equal((5000, 20000), (room.Fighter(0).X, room.Fighter(0).Y));
        room.Run(60);
        Assert.True(room.Fighter(0).Damage > 0);
        room.Return(0);
        room.Run(1);
        var at = (room.Fighter(0).X, room.Fighter(0).Y);
        room.Run(20);
        Assert.Equal(at, (room.Fighter(0).X, room.Fighter(0).Y));
        room.Do(0, move: (0, 100));
        Assert.NotEqual(at, (room.Fighter(0).X, room.Fighter(0).Y));
    }

    [Fact]
    public void A_battle_that_everybody_has_dropped_out_of_is_over_after_a_while()
    {
        var room = TestArena.Room("teams");
        for (var i = 0; i < 6; i++) room.Drop(i);
        room.Run(2000);
        Assert.Equal(BattleEndReason.Abandoned, room.Result().Reason);
    }

    [Fact]
    public void After_the_end_nothing_moves_any_more()
    {
        var room = TestArena.Room();
        Slay(room, 0, 1);
        var hash = room.StateHash();
        Assert.Equal(InputRefusal.Out, room.Submit(0, new BattleInput { Number = 1000 }));
        room.Leave(0);
        room.Run(10);
        Assert.Equal(hash, room.StateHash());
    }

    [Fact]
    public void A_match_from_a_script_ends_as_the_script_says()
    {
        // Both walk past each other for six seconds, one comes back and shoots, the other mends itself for a while.
        var room = TestArena.Room();
        for (var i = 0; i < 120; i++)
        {
            room.Submit(1, new BattleInput { Number = (uint)i + 1, Tick = (uint)i + 1, MoveX = -100 });
            room.Do(0, move: (100, 0));
        }

        Assert.Equal((29000, 11000), (room.Fighter(0).X, room.Fighter(1).X));
        for (var i = 0; i < 60; i++) room.Do(0, move: (-100, 0));
        Assert.Equal((17000, 9000), (room.Fighter(0).X, room.Fighter(1).X));
        while (!room.Ended)
        {
            var mend = new BattleInput { Number = (uint)room.Tick + 1, Action = BattleAction.Skill4 };
            if (room.Tick < 300) room.Submit(1, mend);
            room.Do(0, BattleAction.Attack, aim: (-1, 0));
        }

        var result = room.Result();
        Assert.Equal(BattleEndReason.LastStanding, result.Reason);
        Assert.Equal([1U, 2U], result.Sides.Select(side => side.Rank));
        var verdict = ReplayVerifier.Verify(TestArena.Catalogue, room.Replay());
        Assert.Equal(("", result), (verdict.Why, verdict.Result));
    }

    [Fact]
    public void A_replay_of_a_battle_in_which_somebody_was_moved_by_hand_is_none()
    {
        var room = TestArena.Room();
        Slay(room, 0, 1);
        Assert.False(ReplayVerifier.Verify(TestArena.Catalogue, room.Replay()).Ok);
    }

    private static void Slay(BattleRoom room, int slayer, int victim)
    {
        var target = room.Fighter(victim);
        room.Put(slayer, target.X - 2000, target.Y);
        target.Health = 1;
        room.Fighter(slayer).ReadyAt[0] = 0;
        room.Do(slayer, BattleAction.Attack, aim: (1, 0));
        room.Run(2);
        Assert.False(target.IsAlive);
    }
}
