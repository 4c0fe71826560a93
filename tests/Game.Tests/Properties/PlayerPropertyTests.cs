namespace GameBackend.Game.Tests;

public sealed class PlayerPropertyTests
{
    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 40).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_play_keeps_totals_and_invariants_near_every_limit(int seed) =>
        new RandomPlay(SmallCatalogue.Instance, seed).Run(1000);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_play_keeps_totals_and_invariants_with_the_games_catalogue(int seed) =>
        new RandomPlay(Catalogue.LoadDefault(), seed).Run(300);

    [Fact]
    public void Random_play_comes_by_every_refusal_and_by_archived_pages()
    {
        var answers = new Dictionary<GameError, int>();
        var pages = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            var play = new RandomPlay(SmallCatalogue.Instance, seed);
            play.Run(1000);
            pages += play.ArchivedPages;
            foreach (var (error, times) in play.Answers) answers[error] = answers.GetValueOrDefault(error) + times;
        }

        Assert.True(answers[GameError.Ok] > 5000, $"only {answers[GameError.Ok]} of 20000 commands succeed");
        GameError[] expected =
        [
            GameError.InvalidArgument, GameError.TextTooLong, GameError.PlayerExists, GameError.NameInvalid,
            GameError.InsufficientFunds, GameError.BalanceLimit, GameError.BagFull, GameError.SlotInvalid,
            GameError.SlotEmpty,
            GameError.NotEnoughItems, GameError.ItemUnknown, GameError.ItemNotUsable, GameError.ItemNotSellable,
            GameError.StackLimit, GameError.NotForSale, GameError.PetNotFound, GameError.PetLimit,
            GameError.PetMaxLevel, GameError.FoodInvalid, GameError.NotEquipment, GameError.EquipmentSlotInvalid,
            GameError.EquipmentSlotEmpty, GameError.LevelTooLow,
        ];
        Assert.Empty(expected.Except(answers.Keys));
        Assert.True(pages > 20, $"only {pages} pages of the ledger are archived");
    }
}
