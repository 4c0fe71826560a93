using System.Collections.Concurrent;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// The books of all accounts at the end: nothing is under way any more; what each has in hands is what its ledger says;
/// and of each currency, item and kind of pet, what is held, in hands, letters, escrow and guilds, is what was minted
/// less what was burnt.
/// </summary>
internal sealed class MarketAudit(BotRun run)
{
    /// <summary>
    /// How long transfers, claims and exchanges may take to come to an end, with silos killed in between.
    /// </summary>
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(150);

    private readonly ConcurrentDictionary<string, long> _held = [];
    private readonly ConcurrentDictionary<string, long> _minted = [];
    private readonly ConcurrentDictionary<string, long> _burnt = [];

    /// <summary>What others hold of what players have given them, such as the funds of guilds.</summary>
    public void AddHeld(string thing, long amount) => Add(_held, thing, amount);

    /// <summary>Waits until nothing of any bot's is under way.</summary>
    public async Task Settle(IReadOnlyList<Bot> bots)
    {
        var begin = MachineTime.Now;
        await Crowd.All(bots, async bot =>
        {
            while (true)
            {
                var holdings = await bot.Get("holdings", client => client.Player.ReadHoldings());
                if (holdings is { Settled: true })
                    return;
                if (MachineTime.Now - begin > SettleWithin)
                {
                    run.Report.Fail($"{bot.Name}: something is stuck on its way: {holdings}");
                    return;
                }

                await Task.Delay(500);
            }
        }, atOnce: 32);
    }

    /// <summary>Reads the books of all, and compares them.</summary>
    public async Task Compare(IReadOnlyList<Bot> bots)
    {
        var read = 0;
        await Crowd.All(bots, async bot =>
        {
            if (await Read(bot))
                Interlocked.Increment(ref read);
        }, atOnce: 32);
        if (read != bots.Count)
        {
            run.Report.Fail($"The books of {bots.Count - read} accounts could not be read.");
            return;
        }

        foreach (var thing in _held.Keys.Union(_minted.Keys).Union(_burnt.Keys).Order())
        {
            var (held, minted, burnt) = (
                _held.GetValueOrDefault(thing), _minted.GetValueOrDefault(thing), _burnt.GetValueOrDefault(thing));
            if (held != minted - burnt)
                run.Report.Fail(
                    $"Audit: {held} {thing} are held, and {minted} minted less {burnt} burnt is {minted - burnt}.");
        }
    }

    private async Task<bool> Read(Bot bot)
    {
        if (await bot.Get("holdings", client => client.Player.ReadHoldings()) is not { } holdings
            || await LedgerAudit.ReadAll(bot) is not { } ledger)
            return false;
        foreach (var holding in holdings.Hands.Concat(holdings.Letters).Concat(holdings.Escrow)
            .Concat(holdings.InTransit))
            Add(_held, NameOf(holding), holding.Amount);
        foreach (var entry in ledger)
        {
            var thing = entry.Currency + entry.Item + entry.Pet;
            if (entry.Flow == LedgerFlow.Minted)
                Add(_minted, thing, entry.Amount);
            else if (entry.Flow == LedgerFlow.Burnt)
                Add(_burnt, thing, -entry.Amount);
            else if (entry.Flow != LedgerFlow.Moved)
                run.Report.Fail($"{bot.Name}: an entry does not say where it comes from: {entry}");
        }

        LedgerAudit.CheckEntries(bot, ledger);
        var booked = ledger.GroupBy(entry => entry.Currency + entry.Item + entry.Pet)
            .ToDictionary(group => group.Key, group => group.Sum(entry => entry.Amount));
        var inHands = holdings.Hands.ToDictionary(NameOf, holding => holding.Amount);
        foreach (var thing in booked.Keys.Union(inHands.Keys))
        {
            if (booked.GetValueOrDefault(thing) != inHands.GetValueOrDefault(thing))
            {
                run.Report.Fail($"{bot.Name}: has {inHands.GetValueOrDefault(thing)} {thing}, "
                    + $"by its ledger {booked.GetValueOrDefault(thing)}.");
            }
        }

        return true;
    }

    private static string NameOf(Holding holding) => holding.Currency + holding.Item + holding.Pet;

    private static void Add(ConcurrentDictionary<string, long> amounts, string thing, long amount) =>
        amounts.AddOrUpdate(thing, amount, (_, before) => before + amount);
}
