namespace GameBackend.Game.Tests;

public sealed class BoardCatalogueTests
{
    private const string Boards = """
        { "boards": [
          { "id": "fast", "mode": "none", "score": "height", "operator": "best", "limit": 0,
            "rewards": [{ "throughRank": 5, "gains": { "experience": 3 } }, { "throughRank": 5 }] } ] }
        """;

    [Fact]
    public void A_board_that_makes_no_sense_is_named()
    {
        var problems = Assert.Throws<CatalogueException>(() => Catalogue.Load(SmallCatalogue.Json, Boards)).Message;
        foreach (var part in new[] { "mode 'none'", "'height'", "limit", "not by rank", "currencies and items" })
            Assert.Contains(part, problems);
    }

    [Fact]
    public void A_battle_counts_on_the_boards_of_its_mode()
    {
        var boards = Catalogue.LoadDefault().Boards;
        var settlement = new BattleSettlement
        {
            PlayerId = 7,
            Mode = "1v1",
            Outcome = BattleOutcome.Win,
            RatingAfter = new RatingRecord { Value = 1512.6 },
            Result = new BattleResult { Fighters = { new FighterResult { PlayerId = 7, Kills = 3, Damage = 90 } } },
        };
        Assert.Equal(1513, LeaderboardRules.ScoreOf(boards["rating.1v1"], settlement));
        Assert.Equal(1, LeaderboardRules.ScoreOf(boards["wins.1v1"], settlement));
        Assert.Null(LeaderboardRules.ScoreOf(boards["rating.3v3"], settlement));
        settlement.Outcome = BattleOutcome.Loss;
        Assert.Null(LeaderboardRules.ScoreOf(boards["wins.1v1"], settlement));
        settlement.Mode = "ffa8";
        Assert.Equal(3, LeaderboardRules.ScoreOf(boards["kills.ffa8"], settlement));
        settlement.Mode = "3v3";
        Assert.Equal(90, LeaderboardRules.ScoreOf(boards["damage.3v3"], settlement));
    }
}
