namespace GameBackend.Game.Tests;

public sealed class WalletRulesTests
{
    [Fact]
    public void Book_changes_the_balance_and_writes_an_entry()
    {
        var player = TestPlayer.Created();
        var change = player.Do((s, c, a) => WalletRules.Book(s, c, a, "gold", -400, "trade.fee"));
        Assert.Equal("trade.fee", change.Cause);
        Assert.Equal(600, player.Gold);
        Assert.Equal(
            new LedgerEntry
            {
                Seq = 8,
                Currency = "gold",
                Amount = -400,
                BalanceAfter = 600,
                Reason = "trade.fee",
                IdempotencyKey = "act/2",
                AtMs = TestPlayer.NowMs + 2,
                Flow = LedgerFlow.Burnt,
            },
            player.State.Ledger[^1]);
        Assert.Equal(9UL, player.State.LedgerNextSeq);
    }

    [Theory]
    [InlineData("gold", -1001, GameError.InsufficientFunds)]
    [InlineData("gold", long.MinValue, GameError.InsufficientFunds)]
    [InlineData("gold", 4001, GameError.BalanceLimit)]
    [InlineData("gold", long.MaxValue, GameError.BalanceLimit)]
    [InlineData("gold", 0, GameError.InvalidArgument)]
    [InlineData("silver", 1, GameError.InvalidArgument)]
    public void Book_refuses_what_does_not_fit(string currency, long amount, GameError error) =>
        TestPlayer.Created().Refused(error, (s, c, a) => WalletRules.Book(s, c, a, currency, amount, "test"));

    [Fact]
    public void A_balance_may_reach_its_limit_and_zero()
    {
        var player = TestPlayer.Created();
        player.Do((s, c, a) => WalletRules.Book(s, c, a, "gold", 4000, "test"));
        player.Do((s, c, a) => WalletRules.Book(s, c, a, "gold", -5000, "test"));
        Assert.Equal(0, player.Gold);
    }

    [Fact]
    public void A_balance_over_a_limit_that_was_lowered_can_be_spent()
    {
        var player = TestPlayer.Created();
        player.SetBalance("gold", 6000);
        player.Refused(GameError.BalanceLimit, (s, c, a) => WalletRules.Book(s, c, a, "gold", 1, "test"));
        player.Do((s, c, a) => WalletRules.Book(s, c, a, "gold", -1, "test"));
        Assert.Equal(5999, player.Gold);
    }

    [Fact]
    public void An_act_that_was_booked_is_not_booked_again()
    {
        var player = TestPlayer.Created();
        var act = new Act("session/9", 1);
        Assert.True(WalletRules.Book(player.State, player.Catalogue, act, "gold", 5, "test").Ok);
        var before = player.State.ToByteArray();
        Assert.Throws<InvalidOperationException>(
            () => WalletRules.Book(player.State, player.Catalogue, act, "gold", 5, "test"));
        Assert.Equal(before, player.State.ToByteArray());
    }

    [Fact]
    public void An_act_without_a_key_is_a_fault() => Assert.Throws<ArgumentException>(() =>
        WalletRules.Book(TestPlayer.Created().State, SmallCatalogue.Instance, new Act("", 1), "gold", 5, "test"));
}
