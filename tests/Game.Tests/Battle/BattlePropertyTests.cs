namespace GameBackend.Game.Tests;

public sealed class BattlePropertyTests
{
    public static IEnumerable<object[]> Battles =>
        from mode in new[] { "1v1", "3v3", "ffa8" }
        from seed in Enumerable.Range(1, 6)
        select new object[] { mode, seed };

    [Theory]
    [MemberData(nameof(Battles))]
    public void Random_fighting_keeps_every_invariant_and_its_replay_verifies(string mode, int seed)
    {
        var catalogue = Catalogue.LoadDefault();
        var setup = TestArena.GameSetup(mode, (ulong)seed, players: 1 + (seed % 2 == 0 ? 5 : 0));
        setup.TicksPerSecond = seed % 3 == 0 ? 60u : 20u;
        setup.RulesHash = BattleRoom.RulesHash(catalogue, setup);
        var room = new BattleRoom(catalogue, setup);
        var players = new RandomFighting(room, seed, setup.Seats.Count(seat => seat.PlayerId != 0));
        while (!room.Ended)
        {
            players.Play();
            room.Advance();
            BattleInvariants.Check(room.World);
        }

        Assert.True(players.Refused > 0);
        var verdict = ReplayVerifier.Verify(catalogue, room.Replay());
        Assert.Equal("", verdict.Why);
        Assert.Equal(room.Result(), verdict.Result);
    }

    [Theory]
    [InlineData("1v1", 21)]
    [InlineData("3v3", 22)]
    [InlineData("ffa8", 23)]
    public void Whatever_is_sent_nobody_gets_further_in_a_tick_than_feet_or_a_charge_take_them(string mode, int seed)
    {
        var room = new BattleRoom(Catalogue.LoadDefault(), TestArena.GameSetup(mode, (ulong)seed, players: 6));
        var (players, world) = (new RandomFighting(room, seed, room.FighterCount > 2 ? 6 : 2), room.World);
        var walked = 0L;
        while (!room.Ended && room.Tick < 3000)
        {
            var before = world.Fighters.Select(f => (f.X, f.Y, Stands: f.IsAlive)).ToArray();
            players.Play();
            room.Advance();
            foreach (var f in world.Fighters.Where(f => f.IsAlive && before[f.Index].Stands))
            {
                var feet = (long)f.StepMm * (100 + world.Plan.Tuning.HastePercent) / 100;
                var charge =
                    f.Actions.Where(action => action.Kind == SkillKind.Dash).Max(action => (long?)action.StepMm) ?? 0;
                var most = Math.Max(feet, charge) + 1;
                var gone = ArenaGeometry.SquaredDistance(before[f.Index].X, before[f.Index].Y, f.X, f.Y);
                Assert.True(
                    gone <= most * most, $"{f.Index} went from {before[f.Index]} to {f.X}, {f.Y} in tick {room.Tick}");
                walked += gone > 0 ? 1 : 0;
            }
        }

        Assert.True(walked > 100 && players.Refused > 0);
    }

    [Fact]
    public void Bots_alone_fight_to_an_end_that_is_no_accident()
    {
        foreach (var mode in new[] { "1v1", "3v3", "ffa8" })
        {
            var (kills, decided) = (0L, 0);
            for (var seed = 1UL; seed <= 10; seed++)
            {
                var room = new BattleRoom(Catalogue.LoadDefault(), TestArena.GameSetup(mode, seed, players: 0));
                while (!room.Ended) room.Advance();
                var result = room.Result();
                kills += result.Fighters.Sum(fighter => fighter.Kills);
                if (result.Sides.Count(side => side.Rank == 1) == 1) decided++;
            }

            Assert.True(kills >= 8, $"{kills} kills in ten battles of {mode}");
            Assert.True(decided >= 7, $"{decided} of ten battles of {mode} have one winner");
        }
    }
}
