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
