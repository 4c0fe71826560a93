using System.Collections.Concurrent;
using GameBackend.Client;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>
/// What the steps of the smoke scenario share: calls with an expected answer, and the state after them.
/// </summary>
internal sealed class SmokeBot
{
    private readonly ConcurrentQueue<PlayerChanged> _changes = [];
    private PlayerMirror? _mirror;

    public SmokeBot(Bot bot)
    {
        Bot = bot;
        bot.OnClient = client => _mirror = new PlayerMirror(client);
        bot.OnPush = push =>
        {
            if (push.Message is PlayerChanged change)
                _changes.Enqueue(change);
            if (push.Message is Note note)
                Notes.Enqueue(note);
        };
    }

    public Bot Bot { get; }

    public ConcurrentQueue<Note> Notes { get; } = [];

    /// <summary>Makes a call that must be done.</summary>
    public async Task Does(string what, Func<GameClient, Task> call)
    {
        if (await Bot.Do(what, call) is not GameError.Ok)
            throw new InvalidOperationException($"{what} was not done, and what follows rests on it.");
    }

    /// <summary>Makes a call that must be refused.</summary>
    public async Task Refuses(GameError expected, string what, Func<GameClient, Task> call)
    {
        var changes = _changes.Count;
        var error = await Bot.Do(what, call, expected);
        Expect(error != GameError.Ok, $"{what} was done, and not refused with {expected}");
        Expect(_changes.Count == changes, $"{what} was refused and has changed the player all the same");
    }

    /// <summary>
    /// Makes a write that must be done. Returns the state after it, which was checked to be the state before with one
    /// change, and to be the server's.
    /// </summary>
    public async Task<PlayerView> Writes(string cause, Func<GameClient, Task> call)
    {
        var before = _changes.Count;
        await Does(cause, call);
        var changes = _changes.Skip(before).ToArray();
        Expect(changes.Length == 1, $"{cause} made {changes.Length} changes before its reply, not 1");
        Expect(changes.Length == 0 || changes[0].Cause == cause,
            $"{cause} made a change called '{changes.FirstOrDefault()?.Cause}'");
        return await View();
    }

    /// <summary>The state, fetched and compared with the folded one.</summary>
    public async Task<PlayerView> View()
    {
        var folded = _mirror!.View;
        var fetched = await _mirror.Fetch();
        Bot.Report.CountRequest();
        if (folded is not null)
        {
            var (actual, expected) = (PlayerFold.Normalise(folded), PlayerFold.Normalise(fetched));
            Expect(actual.Equals(expected), $"the folded state {actual} is not the fetched {expected}");
        }
        return fetched;
    }

    public Task CheckLedger() => Audit();

    public void Expect(bool holds, string otherwise)
    {
        if (!holds)
            Bot.Report.Fail($"{Bot.Name}: {otherwise}.");
    }

    public static long Balance(PlayerView view, string currency) =>
        view.Wallet.FirstOrDefault(balance => balance.Currency == currency)?.Amount ?? 0;

    public static long Count(PlayerView view, string item) =>
        view.Bag.Slots.Where(slot => slot.Item == item).Sum(slot => slot.Count);

    public static uint SlotOf(PlayerView view, string item) =>
        view.Bag.Slots.FirstOrDefault(slot => slot.Item == item)?.Slot
        ?? throw new InvalidOperationException($"The bag holds no {item}.");

    public static uint EmptySlot(PlayerView view) => Enumerable.Range(0, (int)view.Bag.Capacity)
        .Select(slot => (uint)slot).First(slot => view.Bag.Slots.All(taken => taken.Slot != slot));

    private async Task Audit()
    {
        var view = await View();
        await LedgerAudit.Run(Bot, view, _changes);
    }
}
