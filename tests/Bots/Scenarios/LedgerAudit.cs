using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// Reads a whole ledger and holds it against what the player has and against the changes that were pushed: every
/// booking once.
/// </summary>
internal static class LedgerAudit
{
    private const uint PageSize = 40;

    /// <param name="changes">Every change since the player was created.</param>
    public static async Task Run(Bot bot, PlayerView view, IReadOnlyCollection<PlayerChanged> changes)
    {
        if (await ReadAll(bot) is not { } entries)
            return;
        CheckEntries(bot, entries);
        CheckBalances(bot, entries, view);
        CheckChanges(bot, entries, changes);
    }

    /// <summary>All entries, oldest first; null if a page was not answered.</summary>
    public static async Task<List<LedgerEntry>?> ReadAll(Bot bot)
    {
        var entries = new List<LedgerEntry>();
        var before = 0UL;
        do
        {
            var from = before;
            if (await bot.Get("ledger", client => client.Player.ReadLedger(from, PageSize)) is not { } page)
                return null;
            if (page.Entries.Count > PageSize)
                bot.Report.Fail($"{bot.Name}: a ledger page has {page.Entries.Count} entries.");
            entries.AddRange(page.Entries);
            before = page.NextBeforeSeq;
        }
        while (before != 0);
        entries.Reverse();
        return entries;
    }

    public static void CheckEntries(Bot bot, List<LedgerEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Seq != (ulong)i + 1)
            {
                bot.Report.Lost($"{bot.Name}: ledger entry {entries[i].Seq} stands in place {i + 1}.");
                break;
            }
        }
        foreach (var twice in entries.GroupBy(entry => entry.IdempotencyKey).Where(group => group.Count() > 1))
            bot.Report.Duplicated($"{bot.Name}: the key {twice.Key} is booked {twice.Count()} times.");
    }

    private static void CheckBalances(Bot bot, List<LedgerEntry> entries, PlayerView view)
    {
        var booked = new Dictionary<string, long>();
        foreach (var entry in entries)
        {
            var thing = NameOf(entry);
            booked[thing] = booked.GetValueOrDefault(thing) + entry.Amount;
            if (booked[thing] != entry.BalanceAfter)
            {
                bot.Report.Fail($"{bot.Name}: entry {entry.Seq} leaves {entry.BalanceAfter} {thing}, "
                    + $"the sum is {booked[thing]}.");
            }
        }
        var held = Held(view);
        foreach (var thing in booked.Keys.Union(held.Keys))
        {
            if (booked.GetValueOrDefault(thing) != held.GetValueOrDefault(thing))
            {
                bot.Report.Fail($"{bot.Name}: there are {held.GetValueOrDefault(thing)} {thing}, "
                    + $"by the ledger {booked.GetValueOrDefault(thing)}.");
            }
        }
    }

    // Currencies, items and kinds of pets have different ids.
    private static string NameOf(LedgerEntry entry) => entry.Currency + entry.Item + entry.Pet;

    private static Dictionary<string, long> Held(PlayerView view) => view.Wallet.Select(b => (b.Currency, b.Amount))
        .Concat(view.Bag.Slots.Select(slot => (slot.Item, (long)slot.Count)))
        .Concat(view.Equipment.Select(worn => (worn.Item, 1L)))
        .Concat(view.Pets.Select(pet => (pet.Kind, 1L)))
        .GroupBy(each => each.Item1).ToDictionary(group => group.Key, group => group.Sum(each => each.Item2));

    // Every change of a balance that was pushed stands in the ledger, in the same order, and nothing else does.
    private static void CheckChanges(Bot bot, List<LedgerEntry> entries, IReadOnlyCollection<PlayerChanged> changes)
    {
        var pushed = changes.SelectMany(change => change.Wallet.Select(balance => (change.Cause, balance)))
            .Select(each => $"{each.Cause}: {each.balance.Currency} {each.balance.Amount}")
            .GroupBy(each => each.Split(' ')[1]).ToDictionary(group => group.Key, group => group.ToArray());
        var booked = entries.Where(entry => entry.Currency.Length > 0)
            .Select(entry => $"{entry.Reason}: {entry.Currency} {entry.BalanceAfter}")
            .GroupBy(each => each.Split(' ')[1]).ToDictionary(group => group.Key, group => group.ToArray());
        foreach (var currency in pushed.Keys.Union(booked.Keys))
        {
            var (inPushes, inLedger) = (pushed.GetValueOrDefault(currency, []), booked.GetValueOrDefault(currency, []));
            if (inPushes.Length < inLedger.Length)
            {
                bot.Report.Duplicated(
                    $"{bot.Name}: {inLedger.Length} bookings of {currency} for {inPushes.Length} changes.",
                    inLedger.Length - inPushes.Length);
            }
            else if (inPushes.Length > inLedger.Length)
            {
                bot.Report.Lost($"{bot.Name}: {inLedger.Length} bookings of {currency} for {inPushes.Length} changes.",
                    inPushes.Length - inLedger.Length);
            }
            else if (!inPushes.SequenceEqual(inLedger))
            {
                var (p, l) = inPushes.Zip(inLedger).First(pair => pair.First != pair.Second);
                bot.Report.Fail($"{bot.Name}: the change '{p}' is booked as '{l}'.");
            }
        }
    }
}
