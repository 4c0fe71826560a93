using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Trades;

[Collection(nameof(RedisGame))]
public sealed class TradesOnRedisTests(RedisGame game) : TradeContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class TradesOnEmbeddedStoreTests(EmbeddedGame game) : TradeContract(game);

/// <summary>Trades: both get what was agreed, or neither gets anything, whatever is cut off.</summary>
public abstract class TradeContract(GameHost game)
{
    public static TheoryData<string, Fault, int> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, Fault, int>();
            foreach (var point in new[] { "write:player/{ann}", "write:player/{bob}", "append:mailbox/{ann}",
                "write:trade/{trade}" })
            {
                foreach (var fault in new[] { Fault.Before, Fault.After })
                {
                    for (var skipped = 0; skipped < 2; skipped++)
                        cuts.Add(point, fault, skipped);
                }
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task An_exchange_that_is_cut_off_is_done_once_for_both(string point, Fault fault, int times)
    {
        var (ann, bob, trade) = await Agreed();
        var armed = point.Replace("{ann}", $"{ann.Id}").Replace("{bob}", $"{bob.Id}")
            .Replace("{trade}", $"{trade.Trade}");
        for (var i = 0; i <= times; i++)
            game.Faults.Arm(armed, fault);
        var request = bob.Next();
        await Wait.UntilClear(() => Side(bob).ConfirmTrade(request, (long)trade.Trade, trade.Revision));
        await Ends(ann, trade, TradeStage.Done);
        Assert.True(game.Faults.Dealt(armed));
        await Settle(ann, bob);
        Assert.Equal((9_950, 10_050), (await ann.Gold(), await bob.Gold()));
        Assert.Equal((30 + 7, 30 - 7), (await Wood(ann), await Wood(bob)));
    }

    [Fact]
    public async Task Confirm_against_cancel_is_all_or_nothing()
    {
        for (var round = 0; round < 10; round++)
        {
            var (ann, bob, trade) = await Agreed();
            await Task.WhenAll(
                Side(bob).ConfirmTrade(bob.Next(), (long)trade.Trade, trade.Revision),
                Side(ann).CancelTrade(ann.Next(), (long)trade.Trade));
            await Wait.Until(async () => TradeRulesOver(await View(ann, trade)), "it is over");
            await Settle(ann, bob);
            var done = (await View(ann, trade)).Stage == TradeStage.Done;
            Assert.Equal(done ? 9_950 : 10_000, await ann.Gold());
            Assert.Equal(done ? 23 : 30, await Wood(bob));
        }
    }

    [Fact]
    public async Task What_one_does_not_have_any_more_leaves_both_with_what_is_theirs()
    {
        var (ann, bob, trade) = await Agreed();
        while (await Wood(bob) > 0)
        {
            var slot = (await bob.Fetch()).Bag.Slots.First(each => each.Item == "wood.oak");
            Assert.Equal(GameError.Ok, (await bob.Bag.Sell(bob.Next(), slot.Slot, slot.Count)).Error);
        }

        await Side(bob).ConfirmTrade(bob.Next(), (long)trade.Trade, trade.Revision);
        await Ends(ann, trade, TradeStage.Cancelled);
        await Settle(ann, bob);
        Assert.Equal((10_000, 30), (await ann.Gold(), await Wood(ann)));
        Assert.Equal(TradeEnd.Failed, (await bob.Pushed(TradeChanged.Parser))[^1].View.End);
        Assert.All(
            (await ann.Ledger()).Entries.Where(entry => entry.Reason.StartsWith("trade", StringComparison.Ordinal)),
            entry => Assert.Equal(LedgerFlow.Moved, entry.Flow));
    }

    [Fact]
    public async Task What_does_not_fit_into_the_bag_is_in_the_letters()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.Ok, (await bob.Profile.Buy(bob.Next(), "ore.iron", 5)).Error);
        while ((await ann.Profile.Buy(ann.Next(), "sword.wooden", 1)).Error == GameError.Ok)
        {
        }

        var offer = new Protocol.Value
        {
            Items = { new ItemStack { Item = "ore.iron", Count = 5 }, new ItemStack { Item = "wood.oak", Count = 7 } },
        };
        var trade = await Agreed(ann, bob, Gold(50), offer);
        await Side(bob).ConfirmTrade(bob.Next(), (long)trade.Trade, trade.Revision);
        await Ends(bob, trade, TradeStage.Done);
        await Settle(ann, bob);
        Assert.Equal(37, await Wood(ann));
        var letters = game.Client.GetGrain<IPlayerLetters>(ann.Id);
        var letter =
            ListLettersReply.Parser.ParseFrom((await letters.ListLetters(ann.Next(), 0, 0)).Reply).Letters.Single();
        Assert.Equal((LetterKind.Overflow, "trade.in"), (letter.Kind, letter.Subject));
        Assert.Equal(new ItemStack { Item = "ore.iron", Count = 5 }, Assert.Single(letter.Value.Items));
    }

    [Fact]
    public async Task Bound_items_and_what_is_not_ones_own_are_not_offered()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var trade = await Opened(ann, bob);
        var sword = new Protocol.Value { Items = { new ItemStack { Item = "sword.wooden", Count = 1 } } };
        Assert.Equal(GameError.ItemBound, await Offer(ann, trade, sword));
        Assert.Equal(GameError.InsufficientFunds, await Offer(ann, trade, Gold(10_001)));
        Assert.Equal(
            GameError.PetNotFound, await Offer(ann, trade, new Protocol.Value { Pets = { new Pet { Id = 9 } } }));
        Assert.Equal(GameError.Ok, await Offer(ann, trade, new Protocol.Value()));
    }

    [Fact]
    public async Task A_trade_needs_two_who_are_online_and_in_no_other()
    {
        var (ann, bob, eve) = (
            await TestPlayer.Playing(game), await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.PlayerNotFound, (await Side(ann).OpenTrade(ann.Next(), 5)).Error);
        Assert.Equal(GameError.InvalidArgument, (await Side(ann).OpenTrade(ann.Next(), ann.Id)).Error);
        var trade = await Opened(ann, bob);
        Assert.Equal(GameError.TradeBusy, (await Side(bob).OpenTrade(bob.Next(), eve.Id)).Error);
        await eve.Session.Detach(eve.Epoch, 0);
        Assert.Equal(GameError.Ok, (await Side(bob).CancelTrade(bob.Next(), (long)trade.Trade)).Error);
        Assert.Equal(GameError.TradeOffline, (await Side(bob).OpenTrade(bob.Next(), eve.Id)).Error);
    }

    [Fact]
    public async Task A_trade_ends_when_a_player_leaves_and_by_itself_after_its_time()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var trade = await Opened(ann, bob);
        await ann.Session.Leave(ann.Epoch, 0);
        await Wait.Until(async () => (await View(bob, trade)).End == TradeEnd.Left, "it is over");
        await ann.Login();
        trade = await Opened(ann, bob);
        for (var passed = TimeSpan.Zero; passed <= TradeRules.OpenLimit; passed += TimeSpan.FromSeconds(20))
        {
            game.World.Clock.Advance(TimeSpan.FromSeconds(20));
            Assert.True((await ann.Session.Heartbeat(ann.Epoch, 0)).Live
                && (await bob.Session.Heartbeat(bob.Epoch, 0)).Live);
        }

        await Wait.Until(
            async () => (await bob.Pushed(TradeChanged.Parser))[^1].View is { End: TradeEnd.Timeout } view
                && view.Trade == trade.Trade,
            "its time is over");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_invitations_of_each_other_one_is_accepted_and_the_other_gone(bool isFirst)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var (byAnn, byBob) = await Mutual(ann, bob);
        // Which of them has the smaller id must not matter.
        if (isFirst == byAnn.Trade < byBob.Trade)
            ((ann, bob), (byAnn, byBob)) = ((bob, ann), (byBob, byAnn));
        Assert.Equal(GameError.Ok, (await Side(bob).AcceptTrade(bob.Next(), (long)byAnn.Trade)).Error);
        Assert.Equal(TradeStage.Cancelled, (await View(ann, byBob)).Stage);
        Assert.Equal(GameError.TradeBusy, (await Side(ann).AcceptTrade(ann.Next(), (long)byBob.Trade)).Error);
        foreach (var player in new[] { ann, bob })
            Assert.Equal((byAnn.Trade, TradeStage.Open), await Current(player));
        Assert.Equal(GameError.Ok, await Offer(bob, byAnn, Gold(5)));
    }

    [Fact]
    public async Task Two_who_have_invited_each_other_and_accept_at_once_are_in_one_trade()
    {
        for (var round = 0; round < 20; round++)
        {
            var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
            var (byAnn, byBob) = await Mutual(ann, bob);
            var accepted = await Task.WhenAll(
                Side(ann).AcceptTrade(ann.Next(), (long)byBob.Trade),
                Side(bob).AcceptTrade(bob.Next(), (long)byAnn.Trade));
            Assert.Contains(accepted, outcome => outcome.Error == GameError.Ok);
            var (trade, stage) = await Current(ann);
            Assert.Equal(TradeStage.Open, stage);
            Assert.Equal((trade, stage), await Current(bob));
            Assert.Equal(
                TradeStage.Cancelled, (await View(ann, trade == byAnn.Trade ? byBob : byAnn)).Stage);
        }
    }

    [Fact]
    public async Task An_invitation_to_somebody_else_keeps_one_busy()
    {
        var (ann, bob, eve) = (
            await TestPlayer.Playing(game), await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Side(ann).OpenTrade(ann.Next(), eve.Id);
        var byBob = Read(await Side(bob).OpenTrade(bob.Next(), ann.Id));
        Assert.Equal(GameError.TradeBusy, (await Side(ann).AcceptTrade(ann.Next(), (long)byBob.Trade)).Error);
    }

    [Fact]
    public async Task A_new_log_in_ends_a_trade_and_a_resumed_session_does_not()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var trade = await Opened(ann, bob);
        await ann.Resume();
        Assert.Equal(GameError.Ok, await Offer(ann, trade, Gold(1)));
        await ann.Login();
        await Wait.Until(async () => (await View(bob, trade)).End == TradeEnd.Left, "it is over");
        Assert.Equal(TradeEnd.Left, (await bob.Pushed(TradeChanged.Parser))[^1].View.End);
        Assert.Equal(TradeStage.Open, (await View(bob, await Opened(ann, bob))).Stage);
    }

    [Fact]
    public async Task A_new_log_in_does_not_hinder_an_exchange_that_has_begun()
    {
        var (ann, bob, trade) = await Agreed();
        game.Faults.Arm($"write:player/{ann.Id}", Fault.Before);
        await Side(bob).ConfirmTrade(bob.Next(), (long)trade.Trade, trade.Revision);
        await Wait.UntilClear(() => bob.Login());
        await Ends(bob, trade, TradeStage.Done);
        await Settle(ann, bob);
        Assert.Equal((9_950, 10_050), (await ann.Gold(), await bob.Gold()));
    }

    [Fact]
    public async Task A_request_that_is_sent_again_has_the_answer_of_the_first()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var open = ann.Next();
        var first = Read(await Side(ann).OpenTrade(open, bob.Id));
        Assert.Equal(first, Read(await Side(ann).OpenTrade(open, bob.Id)));
        var accept = bob.Next();
        Assert.Equal(GameError.Ok, (await Side(bob).AcceptTrade(accept, (long)first.Trade)).Error);
        Assert.Equal(GameError.Ok, (await Side(bob).AcceptTrade(accept, (long)first.Trade)).Error);
        Assert.Equal(GameError.TradeState, (await Side(bob).AcceptTrade(bob.Next(), (long)first.Trade)).Error);
    }

    private async Task<(TestPlayer Ann, TestPlayer Bob, TradeView Trade)> Agreed()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var wood = new Protocol.Value
        {
            Currencies = { new Balance { Currency = "gold", Amount = 30 } },
            Items = { new ItemStack { Item = "wood.oak", Count = 7 } },
        };
        return (ann, bob, await Agreed(ann, bob, Gold(80), wood));
    }

    // All but the second confirmation.
    private static async Task<TradeView> Agreed(
        TestPlayer ann, TestPlayer bob, Protocol.Value one, Protocol.Value other)
    {
        var trade = await Opened(ann, bob);
        Assert.Equal(GameError.Ok, await Offer(ann, trade, one));
        Assert.Equal(GameError.Ok, await Offer(bob, trade, other));
        trade = await View(ann, trade);
        foreach (var player in new[] { ann, bob })
        {
            var locked = await Side(player).LockTrade(player.Next(), (long)trade.Trade, trade.Revision);
            Assert.Equal(GameError.Ok, locked.Error);
        }

        var confirmed = await Side(ann).ConfirmTrade(ann.Next(), (long)trade.Trade, trade.Revision);
        Assert.Equal(GameError.Ok, confirmed.Error);
        return trade;
    }

    private static async Task<(TradeView ByAnn, TradeView ByBob)> Mutual(TestPlayer ann, TestPlayer bob) => (
        Read(await Side(ann).OpenTrade(ann.Next(), bob.Id)), Read(await Side(bob).OpenTrade(bob.Next(), ann.Id)));

    /// <summary>The trade that a player is in.</summary>
    private static async Task<(ulong Trade, TradeStage Stage)> Current(TestPlayer player)
    {
        var view = TradeView.Parser.ParseFrom((await Side(player).GetTrade(player.Next(), 0)).Reply);
        return (view.Trade, view.Stage);
    }

    private static async Task<TradeView> Opened(TestPlayer ann, TestPlayer bob)
    {
        var trade = Read(await Side(ann).OpenTrade(ann.Next(), bob.Id));
        Assert.Equal(GameError.Ok, (await Side(bob).AcceptTrade(bob.Next(), (long)trade.Trade)).Error);
        return trade;
    }

    private static TradeView Read(Outcome outcome)
    {
        Assert.Equal(GameError.Ok, outcome.Error);
        return OpenTradeReply.Parser.ParseFrom(outcome.Reply).View;
    }

    private static async Task<GameError> Offer(TestPlayer player, TradeView trade, Protocol.Value value) =>
        (await Side(player).OfferInTrade(player.Next(), (long)trade.Trade, value.ToByteArray())).Error;

    private static async Task<TradeView> View(TestPlayer player, TradeView trade) => TradeView.Parser.ParseFrom(
        (await Wait.UntilClear(() => Side(player).GetTrade(player.Next(), (long)trade.Trade))).Reply);

    private static bool TradeRulesOver(TradeView view) => view.Stage is TradeStage.Done or TradeStage.Cancelled;

    private static Task Ends(TestPlayer player, TradeView trade, TradeStage stage) =>
        Wait.Until(async () => (await View(player, trade)).Stage == stage, $"the trade is {stage}");

    private static async Task Settle(params TestPlayer[] players)
    {
        foreach (var player in players)
        {
            await Wait.Until(
                async () => ReadHoldingsReply.Parser.ParseFrom(
                    (await Wait.UntilClear(() => player.Profile.ReadHoldings(player.Next()))).Reply).Settled,
                "nothing is under way");
        }
    }

    private static async Task<long> Wood(TestPlayer player) =>
        (await player.Fetch()).Bag.Slots.Where(slot => slot.Item == "wood.oak").Sum(slot => slot.Count);

    private static IPlayerTrade Side(TestPlayer player) => player.Game.Client.GetGrain<IPlayerTrade>(player.Id);

    private static Protocol.Value Gold(long amount) =>
        new() { Currencies = { new Balance { Currency = "gold", Amount = amount } } };
}
