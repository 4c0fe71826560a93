using System.Collections.Concurrent;
using GameBackend.Client;
using GameBackend.Game;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Bots.Scenarios;

/// <summary>What must hold when all battles are over.</summary>
internal sealed class ArenaAudit(BotRun run)
{
    private const uint PageSize = 3;
    private const long GoldAtTheStart = 10_000;
    private readonly Catalogue _catalogue = run.Arguments.Catalogue is { } directory
        ? Catalogue.LoadFrom(directory)
        : Catalogue.LoadDefault();

    private readonly ConcurrentDictionary<ulong, Lazy<Task<BattleResult?>>> _replays = [];
    private long _given;
    private long _worth;

    /// <summary>How long joining takes.</summary>
    public Latencies Joins { get; } = new();

    public int Battles => _replays.Count;

    /// <summary>Takes down how a battle was seen.</summary>
    public void Note(BattleView view)
    {
        for (var i = 0; i < view.Rejoins; i++)
            run.Report.CountEvent("rejoins");
        run.Report.Maximum("longest_silence_ms", view.LongestSilenceMs);
    }

    /// <summary>History, ratings and wallet of a bot add up, and its battles' replays verify.</summary>
    public async Task Check(ArenaBot fighter)
    {
        var bot = fighter.Bot;
        if (await ReadHistory(bot) is not { } history)
            return;
        var told = fighter.Settled;
        if (history.Count != told.Count
            || history.Any(entry => !entry.Equals(told.GetValueOrDefault(entry.Result.BattleId))))
            bot.Report.Fail($"{bot.Name}: {history.Count} battles are in the history, and {told.Count} were told.");
        if (history.Select(entry => entry.Result.BattleId).Distinct().Count() != history.Count)
            bot.Report.Duplicated($"{bot.Name}: a battle is in the history twice.");
        await CheckRatings(bot, history);
        await CheckWallet(bot, history);
        foreach (var entry in history)
        {
            var result = await _replays.GetOrAdd(entry.Result.BattleId, id => new(() => Verify(bot, id))).Value;
            if (result is not null && !result.Equals(entry.Result))
                bot.Report.Fail(
                    $"{bot.Name}: battle {entry.Result.BattleId} comes to another end when it is run again.");
        }
    }

    /// <summary>What all were given is what the results are worth.</summary>
    public void CheckSums()
    {
        if (_given != _worth)
            run.Report.Fail($"{_given} gold was given for results that are worth {_worth}.");
        run.Report.Maximum("battles", _replays.Count);
        run.Report.Maximum("join_p99_ms", (long)(Joins.Percentile(0.99) ?? 0));
    }

    private static async Task<List<BattleHistoryEntry>?> ReadHistory(Bot bot)
    {
        var (entries, before) = (new List<BattleHistoryEntry>(), 0UL);
        do
        {
            var from = before;
            if (await bot.Get("history", client => client.Battles.ReadHistory(from, PageSize)) is not { } page)
                return null;
            entries.AddRange(page.Entries);
            before = page.NextBeforeSeq;
        }
        while (before != 0);
        return entries;
    }

    private static async Task CheckRatings(Bot bot, List<BattleHistoryEntry> history)
    {
        if (await bot.Get("ratings", client => client.Battles.GetRatings()) is not { } reply)
            return;
        foreach (var battles in history.GroupBy(entry => entry.Result.Mode))
        {
            var rating = reply.Ratings.FirstOrDefault(each => each.Mode == battles.Key);
            var due = 1500 + battles.Sum(entry => entry.RatingChange);
            if (rating?.Battles != battles.Count() || rating.Rating != due)
                bot.Report.Fail($"{bot.Name}: {rating} after {battles.Count()} battles that come to {due}.");
            await CheckBoard(bot, battles.Key, due);
        }
    }

    private static async Task CheckBoard(Bot bot, string mode, long rating)
    {
        var board = await bot.Get("board", client => client.Leaderboards.ReadAround($"rating.{mode}"));
        if (board is not null && board.Own?.Score != rating)
            bot.Report.Fail(
                $"{bot.Name}: stands on the board of {mode} with {board.Own?.Score} and is rated {rating}.");
    }

    private async Task CheckWallet(Bot bot, List<BattleHistoryEntry> history)
    {
        if (await bot.Get("fetch", client => client.Player.Fetch()) is not { } view)
            return;
        var given = view.Wallet.Single(balance => balance.Currency == "gold").Amount - GoldAtTheStart;
        Interlocked.Add(ref _given, given);
        var worth = history.Sum(entry => Worth(entry.Result, bot.PlayerId));
        Interlocked.Add(ref _worth, worth);
        if (given != worth)
            bot.Report.Fail($"{bot.Name}: was given {given} gold for results that are worth {worth}.");
    }

    /// <summary>By the rules, from the result alone.</summary>
    private long Worth(BattleResult result, ulong player)
    {
        var fighter = result.Fighters.First(each => each.PlayerId == player);
        var rewards = _catalogue.Modes[result.Mode].Rewards;
        var first = result.Sides.Count(side => side.Rank == 1);
        var gains = fighter.Presence == FighterPresence.Left ? Gains.Nothing
            : result.Sides[(int)fighter.Side].Rank != 1 ? rewards.Loss
            : first == 1 ? rewards.Win
            : rewards.Draw;
        return gains.Currencies.Where(money => money.Currency == "gold").Sum(money => money.Amount);
    }

    /// <summary>Fetches a replay and runs it again. Null if it was not to be had.</summary>
    private async Task<BattleResult?> Verify(Bot bot, ulong battle)
    {
        var (replay, log) = (new BattleReplay(), new List<byte>());
        for (var (page, pages) = (0u, 1u); page < pages; page++)
        {
            var number = page;
            if (await bot.Get("replay", client => client.Battles.ReadReplay(battle, number)) is not { } reply)
                return null;
            log.AddRange(reply.Log);
            (pages, replay.Ticks, replay.FinalHash) = (reply.Pages, reply.Ticks, reply.FinalHash);
            replay.Setup = BattleSetup.Parser.ParseFrom(reply.Setup);
        }

        replay.Log = ByteString.CopyFrom([.. log]);
        var verdict = ReplayVerifier.Verify(_catalogue, replay);
        if (verdict.Ok)
            run.Report.CountEvent("replays_verified");
        else
            run.Report.Fail($"The replay of battle {battle} does not verify: {verdict.Why}");
        return verdict.Result;
    }
}
