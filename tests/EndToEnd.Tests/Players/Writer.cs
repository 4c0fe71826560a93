using GameBackend.Protocol;

namespace GameBackend.EndToEnd.Tests.Players;

/// <summary>
/// Makes one numbered write after the other and remembers which were acknowledged. What the player is after n writes
/// follows from n alone, so that one look at the state tells how many took effect.
/// </summary>
internal sealed class Writer
{
    private const string Item = "wood.oak";
    private const string Reason = "shop.buy";

    private readonly TestPlayer _player;
    private readonly PlayerView _first;
    private int _started;
    private int _acknowledged;

    private Writer(TestPlayer player, PlayerView first)
    {
        _player = player;
        _first = first;
    }

    public TestPlayer Player => _player;

    /// <summary>Writes that were answered with success.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>The longest that a write has taken until it was acknowledged.</summary>
    public TimeSpan Slowest { get; private set; }

    public static async Task<Writer> For(TestPlayer player) => new(player, await player.Client.Player.Fetch());

    public static Task<Writer[]> For(IEnumerable<TestPlayer> players) => Task.WhenAll(players.Select(For));

    /// <summary>Writes until told to stop; the last write is brought to its end.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await Write();
    }

    /// <summary>One write: a purchase and a motto by turns.</summary>
    public async Task<TimeSpan> Write()
    {
        var began = MachineTime.Now;
        var number = ++_started;
        if (IsPurchase(number))
            await _player.Client.Player.Buy(Item, 1);
        else
            await _player.Client.Player.SetProfile("fox", Motto(number));
        Volatile.Write(ref _acknowledged, number);
        var took = MachineTime.Now - began;
        Slowest = took > Slowest ? took : Slowest;
        return took;
    }

    /// <summary>Makes the write that was cut off count as not made, or as made, whichever the state says.</summary>
    public void Settle(int written) => _started = _acknowledged = written;

    /// <summary>
    /// Looks at state and ledger: every acknowledged write is there once, and nothing that was never asked for.
    /// </summary>
    /// <returns>How many writes took effect.</returns>
    public async Task<int> Check()
    {
        var view = await _player.Client.Player.Fetch();
        var written = (int)(view.Version - _first.Version);
        Assert.InRange(written, Acknowledged, _started);

        var bought = Enumerable.Range(1, written).Count(IsPurchase);
        var motto = Enumerable.Range(1, written).LastOrDefault(number => !IsPurchase(number));
        Assert.Equal(motto == 0 ? "" : Motto(motto), view.Profile.Motto);
        Assert.Equal(Owned(_first) + bought, Owned(view));

        var ledger = await _player.Ledger();
        Assert.Equal(Enumerable.Range(1, ledger.Count), ledger.Select(entry => (int)entry.Seq));
        Assert.Equal(ledger.Count, ledger.Select(entry => entry.IdempotencyKey).Distinct().Count() + Starters(ledger));
        Assert.Equal(bought, ledger.Count(entry => entry.Reason == Reason && entry.Item == Item));
        foreach (var balance in view.Wallet)
            Assert.Equal(balance.Amount, ledger.Where(entry => entry.Currency == balance.Currency)
                .Sum(entry => entry.Amount));
        return written;
    }

    /// <summary>As <see cref="Check"/>, when every write has been answered: none is in doubt.</summary>
    public async Task CheckAll()
    {
        Assert.Equal(_started, Acknowledged);
        Assert.Equal(_started, await Check());
    }

    private static bool IsPurchase(int number) => number % 2 == 1;

    private static string Motto(int number) => $"write {number}";

    private static long Owned(PlayerView view) =>
        view.Bag.Slots.Where(slot => slot.Item == Item).Sum(slot => slot.Count);

    // The starting balances are booked by one act, which has one key.
    private static int Starters(List<LedgerEntry> ledger) =>
        ledger.GroupBy(entry => entry.IdempotencyKey).Where(act => act.All(entry => entry.Reason != Reason))
            .Sum(act => act.Count() - 1);
}
