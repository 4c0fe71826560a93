namespace GameBackend.Game.Tests;

public sealed class TradeRulesTests
{
    private const long Ann = 1;
    private const long Bob = 2;

    [Fact]
    public void An_exchange_takes_from_both_and_then_gives_to_both()
    {
        var trade = Confirmed();
        Assert.Equal(TradeStage.Exchanging, trade.View.Stage);
        var takes = TradeRules.Steps(trade);
        Assert.Equal([(Ann, true), (Bob, true)], takes.Select(step => (step.Player, step.Takes)));
        foreach (var step in takes) TradeRules.Settle(trade, step.Id, GameError.Ok, step.Value, 5);
        var gives = TradeRules.Steps(trade);
        Assert.Equal([(Bob, 10L), (Ann, 20L)], gives.Select(step => (step.Player, step.Value.Currencies[0].Amount)));
        TradeRules.Settle(trade, gives[0].Id, GameError.Ok, null, 6);
        Assert.Null(TradeRules.Held(trade, Ann));
        Assert.Equal(Gold(20), TradeRules.Held(trade, Bob));
        TradeRules.Settle(trade, gives[1].Id, GameError.Ok, null, 7);
        Assert.Equal((TradeStage.Done, TradeEnd.Exchanged, 7L), (trade.View.Stage, trade.View.End, trade.EndedAtMs));
        Assert.Empty(TradeRules.Steps(trade));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void If_one_does_not_have_it_any_more_the_other_has_it_back(int poor)
    {
        var trade = Confirmed();
        var takes = TradeRules.Steps(trade);
        TradeRules.Settle(trade, takes[poor].Id, GameError.InsufficientFunds, null, 5);
        TradeRules.Settle(trade, takes[1 - poor].Id, GameError.Ok, takes[1 - poor].Value, 5);
        var back = Assert.Single(TradeRules.Steps(trade));
        Assert.Equal((1 - poor, takes[1 - poor].Player), (back.Side, back.Player));
        Assert.True(FlowRules.IsMove(back.Reason));
        TradeRules.Settle(trade, back.Id, GameError.Ok, null, 6);
        Assert.Equal((TradeStage.Cancelled, TradeEnd.Failed), (trade.View.Stage, trade.View.End));
    }

    [Fact]
    public void A_change_of_an_offer_unlocks_both_and_what_was_agreed_before_does_not_count()
    {
        var trade = Opened();
        var seen = trade.View.Revision;
        Assert.Equal(GameError.Ok, TradeRules.Lock(trade, Ann, seen));
        Assert.Equal(GameError.TradeState, TradeRules.Confirm(trade, Ann, seen));
        Assert.Equal(GameError.Ok, TradeRules.Lock(trade, Bob, seen));
        Assert.Equal(GameError.Ok, TradeRules.Confirm(trade, Ann, seen));
        Assert.Equal(GameError.Ok, TradeRules.Offer(trade, Bob, Gold(1)));
        Assert.All(trade.View.Sides, side => Assert.False(side.Locked || side.Confirmed));
        Assert.Equal(GameError.TradeChanged, TradeRules.Lock(trade, Ann, seen));
        Assert.Equal(GameError.TradeChanged, TradeRules.Confirm(trade, Ann, seen));
    }

    [Fact]
    public void An_invitation_is_for_the_invited_to_take_and_for_both_to_decline()
    {
        var trade = Invited();
        Assert.Equal(GameError.TradeState, TradeRules.Accept(trade, Ann, 0));
        Assert.Equal(GameError.TradeNotFound, TradeRules.Accept(trade, 3, 0));
        Assert.Equal(GameError.TradeState, TradeRules.Offer(trade, Ann, Gold(1)));
        Assert.Equal(GameError.Ok, TradeRules.Cancel(trade, Bob, TradeEnd.Cancelled, 0));
        Assert.Equal(GameError.TradeState, TradeRules.Accept(trade, Bob, 0));
        Assert.Equal(GameError.TradeNotFound, TradeRules.Accept(new TradeRecord(), Bob, 0));
    }

    [Fact]
    public void A_trade_ends_by_itself_but_not_in_the_middle_of_the_exchange()
    {
        var trade = Invited();
        Assert.False(TradeRules.Expire(trade, trade.View.EndsAtMs - 1));
        Assert.True(TradeRules.Expire(trade, trade.View.EndsAtMs));
        Assert.Equal((TradeStage.Cancelled, TradeEnd.Timeout), (trade.View.Stage, trade.View.End));
        Assert.False(TradeRules.Expire(Confirmed(), long.MaxValue));
        Assert.Equal(GameError.TradeState, TradeRules.Cancel(Confirmed(), Ann, TradeEnd.Cancelled, 0));
    }

    [Fact]
    public void A_trade_of_nothing_for_nothing_is_done()
    {
        var trade = Opened();
        TradeRules.Lock(trade, Ann, trade.View.Revision);
        TradeRules.Lock(trade, Bob, trade.View.Revision);
        TradeRules.Confirm(trade, Ann, trade.View.Revision);
        TradeRules.Confirm(trade, Bob, trade.View.Revision);
        Assert.True(TradeRules.EndIfNothing(trade, 1));
        Assert.Equal(TradeStage.Done, trade.View.Stage);
    }

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 100).Select(seed => new object[] { seed });

    /// <summary>
    /// Whatever is asked in whatever order, and however often steps are repeated and answered late: what both have and
    /// the trade holds is the same in sum, and an exchange is whole or did not happen, as both had agreed at the end.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_commands_keep_the_sum_and_exchange_all_or_nothing(int seed)
    {
        var random = new Random(seed);
        var purse = new Dictionary<long, long> { [Ann] = 30, [Bob] = 30 };
        var answered = new Dictionary<string, GameError>();
        var trade = Invited();
        (long Ann, long Bob) agreed = default;
        for (var step = 0; step < 200; step++)
        {
            var player = random.Next(2) == 0 ? Ann : Bob;
            var revision = trade.View.Revision - (random.Next(5) == 0 ? 1u : 0);
            var stage = trade.View.Stage;
            _ = random.Next(100) switch
            {
                < 15 => TradeRules.Accept(trade, player, step),
                < 25 => TradeRules.Offer(trade, player, Gold(random.Next(1, 40))),
                < 50 => TradeRules.Lock(trade, player, revision),
                < 75 => TradeRules.Confirm(trade, player, revision),
                < 76 => TradeRules.Cancel(trade, player, TradeEnd.Cancelled, step),
                _ => GameError.Ok,
            };
            if (stage == TradeStage.Open && trade.View.Stage == TradeStage.Exchanging)
                agreed = (trade.View.Sides[0].Offer?.Currencies[0].Amount
                    ?? 0, trade.View.Sides[1].Offer?.Currencies[0].Amount ?? 0);
            if (TradeRules.Steps(trade) is { Count: > 0 } steps)
                Carry(steps[random.Next(steps.Count)]);
            TradeRules.EndIfNothing(trade, step);
            Assert.Equal(60, purse.Values.Sum() + Held(Ann) + Held(Bob));
        }

        if (trade.View.Stage == TradeStage.Done)
            Assert.Equal((30 - agreed.Ann + agreed.Bob, 30 - agreed.Bob + agreed.Ann), (purse[Ann], purse[Bob]));
        else
            Assert.Equal((30L, 30L), (purse[Ann] + Held(Ann), purse[Bob] + Held(Bob)));

        long Held(long player) => TradeRules.Held(trade, player)?.Currencies.Sum(balance => balance.Amount) ?? 0;

        // A player answers a step once, and the same when it comes again; the answer may get lost.
        void Carry(TradeStep step)
        {
            var amount = step.Value.Currencies[0].Amount;
            if (!answered.TryGetValue(step.Id, out var error))
            {
                error = step.Takes && purse[step.Player] < amount ? GameError.InsufficientFunds : GameError.Ok;
                answered[step.Id] = error;
                if (error == GameError.Ok) purse[step.Player] += step.Takes ? -amount : amount;
            }

            for (var times = random.Next(1, 3); times > 0; times--)
                TradeRules.Settle(trade, step.Id, error, error == GameError.Ok ? step.Value : null, 9);
        }
    }

    private static TradeRecord Invited()
    {
        var trade = new TradeRecord();
        TradeRules.Open(trade, 77, new TradeSide { Player = 1 }, new TradeSide { Player = 2 }, 1000);
        return trade;
    }

    private static TradeRecord Opened()
    {
        var trade = Invited();
        Assert.Equal(GameError.Ok, TradeRules.Accept(trade, Bob, 1000));
        return trade;
    }

    private static TradeRecord Confirmed()
    {
        var trade = Opened();
        TradeRules.Offer(trade, Ann, Gold(10));
        TradeRules.Offer(trade, Bob, Gold(20));
        foreach (var player in new[] { Ann, Bob }) TradeRules.Lock(trade, player, trade.View.Revision);
        foreach (var player in new[] { Ann, Bob }) TradeRules.Confirm(trade, player, trade.View.Revision);
        return trade;
    }

    private static Value Gold(long amount) =>
        new() { Currencies = { new Balance { Currency = "gold", Amount = amount } } };
}
