namespace GameBackend.Game.Tests;

public sealed class DeterminismTests
{
    [Fact]
    public void The_same_setup_and_inputs_make_the_same_state_in_every_tick()
    {
        Assert.Equal(Hashes(seed: 5, ticks: 1200), Hashes(seed: 5, ticks: 1200));
        Assert.NotEqual(Hashes(seed: 5, ticks: 1200)[^1], Hashes(seed: 6, ticks: 1200)[^1]);
    }

    /// <summary>
    /// Written down once, so that other runs, processes and machines are compared with. They change with the rules and
    /// the game's catalogue, and must not change with anything else.
    /// </summary>
    [Theory]
    [InlineData("1v1", 0xb6865d3e5bf6d808UL)]
    [InlineData("3v3", 0x73d58549105a5bc9UL)]
    [InlineData("ffa8", 0xf8e541822d2a15a0UL)]
    public void A_battle_comes_to_the_state_that_it_came_to_on_another_machine(string mode, ulong hash)
    {
        var room = new BattleRoom(Catalogue.LoadDefault(), TestArena.GameSetup(mode, seed: 42, players: 0));
        room.Run(1500);
        Assert.Equal($"{hash:x16}", $"{room.StateHash():x16}");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(99, 9)]
    [InlineData(100, 10)]
    [InlineData((1L << 62) - 1, (1L << 31) - 1)]
    [InlineData(1L << 62, 1L << 31)]
    [InlineData(long.MaxValue, 3037000499)]
    public void A_square_root_is_rounded_down(long value, long root) => Assert.Equal(root, ArenaGeometry.Sqrt(value));

    [Fact]
    public void A_scaled_vector_is_never_longer_than_asked_for()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bound = 1 << random.Next(1, 18);
            var (x, y) = (random.Next(-bound, bound + 1), random.Next(-bound, bound + 1));
            var (sx, sy) = ArenaGeometry.Scale(x, y, 1000);
            var length = Math.Sqrt(((double)sx * sx) + ((double)sy * sy));
            if (x != 0 || y != 0) Assert.InRange(length, 997.5, 1001);
            else Assert.Equal(0, length);
        }
    }

    [Fact]
    public void Random_numbers_are_spread_and_stay_in_their_bounds()
    {
        var world = TestArena.Room(seed: 3).World;
        var counts = new int[6];
        for (var i = 0; i < 6000; i++) counts[world.Random(6)]++;
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    private static List<ulong> Hashes(int seed, int ticks)
    {
        var setup = TestArena.GameSetup("3v3", 9, players: 4);
        var room = new BattleRoom(Catalogue.LoadDefault(), setup);
        var players = new RandomFighting(room, seed, 4);
        var hashes = new List<ulong>();
        for (var i = 0; i < ticks; i++)
        {
            players.Play();
            room.Advance();
            hashes.Add(room.StateHash());
        }

        return hashes;
    }
}
