using System.Collections.Concurrent;
using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// A bot that sends letters, claims them, trades, buys, sells and gives to guilds at random. It takes every invitation
/// and agrees to every offer; what others do to it comes as pushes.
/// </summary>
internal sealed class MarketBot
{
    // What may happen to a bot whose view is a little old, or whose partner was faster.
    private static readonly GameError[] Usual =
    [
        GameError.InsufficientFunds, GameError.NotEnoughItems, GameError.ItemBound, GameError.PetNotFound,
        GameError.BagFull, GameError.PetLimit, GameError.BalanceLimit, GameError.SlotEmpty, GameError.SlotInvalid,
        GameError.LetterBoxFull, GameError.LetterNotFound, GameError.LetterEmpty, GameError.LetterHasValue,
        GameError.TradeBusy, GameError.TradeOffline, GameError.TradeState, GameError.TradeChanged,
        GameError.TradeNotFound, GameError.ItemNotUsable,
    ];

    private readonly IReadOnlyList<Bot> _all;
    private readonly ConcurrentDictionary<ulong, TradeView> _news = [];
    private readonly ConcurrentDictionary<ulong, bool> _done = [];
    private readonly GuildSteps _guilds;
    private PlayerMirror? _mirror;

    public MarketBot(Bot bot, IReadOnlyList<Bot> all, GuildCircle circle)
    {
        Bot = bot;
        _all = all;
        _guilds = new GuildSteps(bot, circle);
        bot.OnClient = client => _mirror = new PlayerMirror(client);
        bot.OnPush += push =>
        {
            if (push.Message is TradeChanged { View: { } view })
                Learn(view);
        };
    }

    public Bot Bot { get; }

    private Random Random => Bot.Random;

    private long Gold =>
        _mirror?.View?.Wallet.FirstOrDefault(balance => balance.Currency == "gold")?.Amount ?? 0;

    /// <summary>Does things until the load ends. Ends online.</summary>
    public async Task Play()
    {
        await Bot.Do("fetch", _ => _mirror!.Fetch());
        while (Bot.Run.MakesLoad)
        {
            await Task.Delay(Random.Next(30, 250));
            await Step();
        }

        if (!await BotRun.Until(() => Bot.IsOnline, BotRun.Patience))
            Bot.Report.Fail($"{Bot.Name} was not online again within {BotRun.Patience.TotalSeconds} s.");
    }

    /// <summary>Ends what is still open and could be ended: what is being exchanged ends by itself.</summary>
    public async Task Finish()
    {
        foreach (var trade in _news.Values.Where(view => view.Stage is TradeStage.Invited or TradeStage.Open))
            await Do("cancel", client => client.Trades.Cancel(trade.Trade));
    }

    private async Task Step()
    {
        if (_news.FirstOrDefault(each => IsMineToAnswer(each.Value)) is { Value: { } view } && Random.Next(4) > 0)
        {
            await Answer(view);
            return;
        }

        await (Random.Next(100) switch
        {
            < 12 => Buy(),
            < 18 => Sell(),
            < 22 => Hatch(),
            < 45 => Gift(),
            < 62 => Claim(),
            < 70 => Do("claim all", client => client.Letters.ClaimAll()),
            < 73 => Do("delete read", client => client.Letters.DeleteRead()),
            < 88 => Invite(),
            < 96 => _guilds.Step(Gold),
            _ => Leave(),
        });
    }

    private bool IsMineToAnswer(TradeView view) => view.Stage switch
    {
        TradeStage.Invited => view.Sides[1].Player == Bot.PlayerId,
        TradeStage.Open => !Mine(view).Confirmed,
        _ => _news.TryRemove(view.Trade, out _) && false,
    };

    private TradeSide Mine(TradeView view) => view.Sides.First(side => side.Player == Bot.PlayerId);

    private Task Answer(TradeView view) => (view.Stage, Random.Next(30)) switch
    {
        (_, 0) => Trade(view, "cancel", client => client.Trades.Cancel(view.Trade)),
        (TradeStage.Invited, _) => Trade(view, "accept", client => client.Trades.Accept(view.Trade)),
        (_, 1) => Offer(view),
        _ when Mine(view).Offer is null => Offer(view),
        _ when !Mine(view).Locked => Trade(view, "lock", client => client.Trades.Lock(view.Trade, view.Revision)),
        _ when view.Sides.All(side => side.Locked) =>
            Trade(view, "confirm", client => client.Trades.Confirm(view.Trade, view.Revision)),
        _ => Task.CompletedTask,
    };

    // One at a time; who does not answer is not waited for for ever.
    private Task Invite() =>
        _news.Values.FirstOrDefault(view =>
            view.Stage is TradeStage.Invited or TradeStage.Open or TradeStage.Exchanging)
            is not { } view
            ? Do("open trade", async client => Learn(await client.Trades.Open(Other().PlayerId)))
            : view.Stage == TradeStage.Invited && Random.Next(8) == 0
                ? Trade(view, "cancel", client => client.Trades.Cancel(view.Trade))
                : Task.CompletedTask;

    private Task Offer(TradeView view) => Trade(view, "offer", client => client.Trades.Offer(view.Trade, Something()));

    // The reply is newer than any push that has come; a refusal says that what is known is old.
    private async Task Trade(TradeView view, string what, Func<GameClient, Task<TradeView>> call)
    {
        var error = await Do(what, async client => Learn(await call(client)));
        if (error == GameError.TradeNotFound)
            _news.TryRemove(view.Trade, out _);
        else if (error is not GameError.Ok)
            await Do("look", async client => Learn(await client.Trades.Get(view.Trade)));
    }

    private void Learn(TradeView view)
    {
        if (view.Stage == TradeStage.Done && view.Sides[0].Player == Bot.PlayerId && _done.TryAdd(view.Trade, true))
            Bot.Report.CountEvent("trades_done");
        if (view.End == TradeEnd.Failed && view.Sides[0].Player == Bot.PlayerId && _done.TryAdd(view.Trade, true))
            Bot.Report.CountEvent("trades_failed");
        _news.AddOrUpdate(view.Trade, view, (_, known) => known.Version > view.Version ? known : view);
    }

    private Task Buy()
    {
        var item = Random.Next(12) == 0 ? "egg.owl" : Shop.Goods[Random.Next(Shop.Goods.Length)];
        return Do("buy", client => client.Player.Buy(item, item == "egg.owl" ? 1 : (uint)Random.Next(1, 6)));
    }

    private Task Sell() => Pick(slot => Shop.Goods.Contains(slot.Item)) is { } slot
        ? Do("sell", client => client.Bag.Sell(slot.Slot, 1))
        : Task.CompletedTask;

    private Task Hatch() => Pick(slot => slot.Item.StartsWith("egg.", StringComparison.Ordinal)) is { } slot
        ? Do("hatch", client => client.Bag.Use(slot.Slot, 1))
        : Task.CompletedTask;

    private Task Gift()
    {
        var value = Random.Next(5) == 0 ? null : Something();
        return Do("gift", client => client.Letters.Send(Other().PlayerId, "gift", "for you", value));
    }

    private async Task Claim()
    {
        ListLettersReply? page = null;
        await Do("letters", async client => page = await client.Letters.List(count: 50));
        if (page?.Letters.Where(letter => letter is { Value: not null, Claimed: false })
            .ToArray() is not { Length: > 0 } full)
            return;
        var id = full[Random.Next(full.Length)].Id;
        // Twice at once, as a player does who taps twice.
        var answers = await Task.WhenAll(
            Do("claim", client => client.Letters.Claim(id)), Do("claim", client => client.Letters.Claim(id)));
        foreach (var answer in answers.Where(answer => answer == GameError.Ok))
            Bot.Report.CountEvent("letters_claimed");
        if (answers.Count(answer => answer == GameError.Ok) > 1)
            Bot.Report.Duplicated($"{Bot.Name}: letter {id} was claimed twice.");
    }

    private async Task Leave()
    {
        if (Random.Next(3) > 0)
            return;
        await Bot.LogOff(leave: Random.Next(2) == 0);
        await Task.Delay(Random.Next(500));
        await Bot.LogIn();
        await Bot.Do("fetch", _ => _mirror!.Fetch());
    }

    private Value Something()
    {
        var value = new Value();
        if (Random.Next(3) > 0)
            value.Currencies.Add(
                new Balance { Currency = Random.Next(4) == 0 ? "gem" : "gold", Amount = Random.Next(1, 60) });
        if (Random.Next(2) == 0 && Pick(slot => !slot.Bound) is { } slot)
            value.Items.Add(
                new ItemStack { Item = slot.Item, Count = (uint)Random.Next(1, (int)Math.Min(slot.Count, 6) + 1) });
        if (Random.Next(4) == 0 && _mirror?.View?.Pets is { Count: > 0 } pets)
            value.Pets.Add(new Pet { Id = pets[Random.Next(pets.Count)].Id });
        if (value.Currencies.Count + value.Items.Count + value.Pets.Count == 0)
            value.Currencies.Add(new Balance { Currency = "gold", Amount = 1 });
        return value;
    }

    private Bot Other()
    {
        // Near neighbours mostly, so that two often invite each other at once.
        var step = Random.Next(3) > 0 ? Random.Next(1, Math.Min(4, _all.Count)) : Random.Next(1, _all.Count);
        return _all[(Bot.Index + step) % _all.Count];
    }

    private BagSlot? Pick(Func<BagSlot, bool> suits)
    {
        BagSlot[] slots = [.. _mirror?.View?.Bag.Slots.Where(suits) ?? []];
        return slots.Length == 0 ? null : slots[Random.Next(slots.Length)];
    }

    private Task<GameError?> Do(string what, Func<GameClient, Task> call) => Bot.Do(what, call, Usual);
}
