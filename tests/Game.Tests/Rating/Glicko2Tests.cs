namespace GameBackend.Game.Tests;

public sealed class Glicko2Tests
{
    [Fact]
    public void The_papers_example_comes_out_as_published()
    {
        var player = new Rating(1500, 200, 0.06);
        RatedGame[] games =
        [
            new(new Rating(1400, 30, 0.06), 1),
            new(new Rating(1550, 100, 0.06), 0),
            new(new Rating(1700, 300, 0.06), 0),
        ];

        var after = Glicko2.After(player, games);

        // Glickman, "Example of the Glicko-2 system": r' = 1464.06, RD' = 151.52, sigma' = 0.05999.
        Assert.Equal(1464.06, after.Value, 0.01);
        Assert.Equal(151.52, after.Deviation, 0.01);
        Assert.Equal(0.05999, after.Volatility, 0.000_01);
    }

    [Fact]
    public void Without_games_only_the_deviation_grows()
    {
        var after = Glicko2.After(new Rating(1500, 200, 0.06), []);
        Assert.Equal((1500, 0.06), (after.Value, after.Volatility));
        // sqrt(200² + (173.7178 * 0.06)²)
        Assert.Equal(200.2714, after.Deviation, 0.0001);
    }

    [Fact]
    public void A_surprise_raises_volatility_and_the_search_ends_whatever_is_put_in()
    {
        var steady = new Rating(1500, 50, 0.06);
        RatedGame[] upsets = [.. Enumerable.Repeat(new RatedGame(new Rating(2400, 40, 0.06), 1), 6)];
        Assert.True(Glicko2.After(steady, upsets).Volatility > 0.0601);
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var games = new RatedGame[random.Next(1, 9)];
            for (var g = 0; g < games.Length; g++) games[g] = new RatedGame(Any(random), random.Next(3) / 2.0);
            var after = Glicko2.After(Any(random), games);
            Assert.True(double.IsFinite(after.Value) && after.Deviation is > 0 and < 1000, $"{after}");
            Assert.InRange(after.Volatility, 0.001, 1.5);
        }
    }

    [Fact]
    public void Chances_of_both_add_up_to_one_and_uncertainty_evens_them()
    {
        var (strong, weak) = (new Rating(1700, 50, 0.06), new Rating(1500, 50, 0.06));
        Assert.Equal(1, Glicko2.WinChance(strong, weak) + Glicko2.WinChance(weak, strong), 9);
        Assert.InRange(Glicko2.WinChance(strong, weak), 0.72, 0.78);
        Assert.True(Glicko2.WinChance(strong with { Deviation = 350 }, weak) < Glicko2.WinChance(strong, weak));
    }

    private static Rating Any(Random random) =>
        new(random.Next(100, 4000), random.Next(45, 351), 0.03 + (random.NextDouble() * 0.1));
}
