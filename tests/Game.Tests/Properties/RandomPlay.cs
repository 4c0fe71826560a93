using System.Numerics;

namespace GameBackend.Game.Tests;

/// <summary>
/// Random commands from a seed, most of them sensible and some hostile, checked against totals that are kept beside the
/// rules: what comes in, goes out and is turned into what is counted here independently of how a rule does it.
/// </summary>
internal sealed class RandomPlay(Catalogue catalogue, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<ulong, LedgerPage> _archive = [];
    private readonly string[] _items = [.. catalogue.Items.Keys.Order(StringComparer.Ordinal), "unknown"];
    private PlayerState _state = new();
    private PlayerView _folded = new() { PlayerId = 7, Bag = new Bag() };
    private string _command = "";

    public Dictionary<GameError, int> Answers { get; } = [];

    public int ArchivedPages => _archive.Count;

    public void Run(int steps)
    {
        var step = 0;
        try
        {
            for (; step < steps; step++) Step(step);
            CheckLedger();
        }
        catch (Exception e)
        {
            Assert.Fail($"seed {seed}, step {step}, {_command}: {e}");
        }
    }

    private void Step(int step)
    {
        var before = _state.Clone();
        var act = new Act($"act/{step}", step);
        var (rule, expected) = Choose();
        var decision = rule(_state, catalogue, act);
        Answers[decision.Error] = Answers.GetValueOrDefault(decision.Error) + 1;
        if (!decision.Ok)
        {
            Assert.Null(decision.Change);
            Assert.Equal(before.ToByteArray(), _state.ToByteArray());
            return;
        }

        Assert.Equal(before.Version + 1, _state.Version);
        _folded = ViewFold.Apply(_folded, decision.Change);
        Assert.Equal(PlayerViews.Whole(7, _state, catalogue), _folded);
        Invariants.Check(_state, catalogue);
        expected(new Totals(before), new Totals(_state));
        if (_random.Next(10) == 0) Archive();
        if (_random.Next(10) == 0) _state = PlayerState.Parser.ParseFrom(_state.ToByteArray());
    }

    // What a command must do to the totals if it succeeds. The totals hold what is worn too.
    private (TestPlayer.Rule Rule, Action<Totals, Totals> Expected) Choose()
    {
        var (slot, other, count) = (Slot(), Slot(), Count());
        var held = _state.Slots.FirstOrDefault(s => s.Slot == slot);
        switch (PlayerRules.Exists(_state) ? _random.Next(22) : 0)
        {
            case 0:
                _command = "create";
                return (
                    (s, c, a) => PlayerRules.Create(s, c, a, "Alice"),
                    (b, a) => Differs(b, a, catalogue.StarterKit, 1));
            case 1:
                _command = "rename";
                return ((s, c, a) => PlayerRules.Rename(s, c, a, _random.Next(2) == 0 ? "Bob" : "?"), Same);
            case 2:
                _command = "profile";
                return ((s, c, a) => PlayerRules.SetProfile(s, c, a, "fox", new string('x', _random.Next(160))), Same);
            case 3 or 4 or 5 or 6:
                var item = _items[_random.Next(_items.Length)];
                _command = $"buy {item}*{count}";
                return ((s, c, a) => ShopRules.Buy(s, c, a, item, count), (b, a) =>
                {
                    var price = catalogue.Shop[item];
                    b.Add(item, count).Pay(price.Currency, -price.Amount * (BigInteger)count);
                    Same(b, a);
                }
                );
            case 7 or 8:
                _command = $"move {slot} {other}";
                return ((s, c, a) => BagRules.Move(s, c, a, slot, other), Same);
            case 9:
                _command = $"split {slot} {other} {count}";
                return ((s, c, a) => BagRules.Split(s, c, a, slot, other, count), Same);
            case 10 or 11 or 12:
                _command = $"use {slot}:{held?.Item}*{count}";
                return ((s, c, a) => BagRules.Use(s, c, a, slot, count), (b, a) => Used(b, a, held!.Item, count));
            case 13 or 14:
                _command = $"sell {slot}:{held?.Item}*{count}";
                return ((s, c, a) => BagRules.Sell(s, c, a, slot, count), (b, a) =>
                {
                    var price = catalogue.Items[held!.Item].Sell!.Value;
                    b.Add(held.Item, -(long)count).Pay(price.Currency, price.Amount * (BigInteger)count);
                    Same(b, a);
                }
                );
            case 15:
                var fed = Pet();
                if (_random.Next(4) > 0)
                {
                    held = _state.Slots.FirstOrDefault(s => catalogue.Items[s.Item].Kind == ItemKind.Food) ?? held;
                    slot = held?.Slot ?? slot;
                }

                _command = $"feed {fed} {slot}:{held?.Item}*{count}";
                return (
                    (s, c, a) => PetRules.Feed(s, c, a, fed, slot, count),
                    (b, a) => Fed(b, a, fed, held!.Item, count));
            case 16:
                var (pet, release) = (Pet(), _random.Next(8) == 0);
                _command = $"pet {pet} {release}";
                return release
                    ? ((s, c, a) => PetRules.Release(s, c, a, pet), (b, a) => Same(b.Release(pet), a))
                    : ((s, c, a) => PetRules.SetActive(s, c, a, pet), Same);
            case 17 or 18:
                _command = $"equip {slot}:{held?.Item}";
                return ((s, c, a) => EquipmentRules.Equip(s, c, a, slot), Same);
            case 19 or 20:
                var gains = RandomGains(count);
                _command = $"grant {gains}";
                return ((s, c, a) => GainRules.Grant(s, c, a, gains, "test"), (b, a) => Differs(b, a, gains, 1));
            default:
                var place = (EquipmentPlace)_random.Next(-1, 8);
                _command = $"unequip {place}";
                return ((s, c, a) => EquipmentRules.Unequip(s, c, a, place), Same);
        }
    }

    private void Used(Totals before, Totals after, string item, uint count)
    {
        var use = catalogue.Items[item].Use!;
        var used = before.Items[item] - after.Items.GetValueOrDefault(item);
        if (!use.OnlyExperience) used = count; // An item may come out of what was used; then the difference is less.
        var missing = catalogue.Player.Curve.ToLast(before.Level, before.Experience);
        Assert.InRange(used, 1, count);
        Assert.True(used == count || (ulong)used * use.Gains.Experience >= missing, "an item too few");
        if (use.OnlyExperience) Assert.True((ulong)(used - 1) * use.Gains.Experience < missing, "an item too many");
        Assert.Equal(before.Capacity + (use.BagSlots * used), after.Capacity);
        Differs(before.Add(item, -used), after, use.Gains, used);
    }

    private void Fed(Totals before, Totals after, ulong pet, string item, uint count)
    {
        var portion = catalogue.Items[item].Food!.Experience;
        var eaten = before.Items[item] - after.Items.GetValueOrDefault(item);
        var (was, now) = (before.Pets[pet], after.Pets[pet]);
        var curve = catalogue.Pets[was.Kind].Curve;
        var missing = curve.ToLast(was.Level, was.Experience);
        Assert.InRange(eaten, 1, count);
        Assert.True(eaten == count || (ulong)eaten * portion >= missing, "too little");
        Assert.True((ulong)(eaten - 1) * portion < missing, "too much");
        Assert.Equal(missing - Math.Min(missing, (ulong)eaten * portion), curve.ToLast(now.Level, now.Experience));
        before.Pets[pet] = now;
        Same(before.Add(item, -eaten), after);
    }

    private void Differs(Totals before, Totals after, Gains gains, long times)
    {
        var missing = catalogue.Player.Curve.ToLast(before.Level, before.Experience);
        var gained = Math.Min(missing, gains.Experience * (ulong)times);
        Assert.Equal(missing - gained, catalogue.Player.Curve.ToLast(after.Level, after.Experience));
        (before.Level, before.Experience, before.Capacity) = (after.Level, after.Experience, after.Capacity);
        foreach (var money in gains.Currencies) before.Pay(money.Currency, money.Amount * (BigInteger)times);
        foreach (var item in gains.Items) before.Add(item.Item, item.Count * times);
        var hatched = after.Pets.Keys.Except(before.Pets.Keys).ToList();
        Assert.Equal(
            Enumerable.Repeat(gains.Pets, (int)times).SelectMany(kinds => kinds).Order(),
            hatched.Select(id => after.Pets[id].Kind).Order());
        foreach (var id in hatched) before.Pets.Add(id, after.Pets[id]);
        Same(before, after);
    }

    private static void Same(Totals before, Totals after)
    {
        Assert.Equal(before.Items, after.Items);
        Assert.Equal(before.Money, after.Money);
        Assert.Equal(before.Pets, after.Pets);
        Assert.Equal(
            (before.Level, before.Experience, before.Capacity),
            (after.Level, after.Experience, after.Capacity));
    }

    private Gains RandomGains(uint count) => new()
    {
        Experience = (ulong)_random.Next(20),
        Currencies = [.. catalogue.Currencies.Keys.Where(_ => _random.Next(2) == 0).Select(id => new Money(id, count))],
        Items =
        [
            .. _items.Where(_ => _random.Next(40) == 0).Select(id => new ItemCount(id, count, _random.Next(2) == 0)),
        ],
        Pets = [.. catalogue.Pets.Keys.Where(_ => _random.Next(12) == 0)],
    };

    private uint Slot() => _random.Next(20) == 0
        ? Hostile()
        : (uint)_random.Next((int)Math.Max(1, _state.Slots.Count > 0 && _random.Next(4) > 0
            ? Math.Min(_state.BagCapacity, _state.Slots.Count + 2)
            : _state.BagCapacity));

    private uint Count() => _random.Next(20) == 0 ? Hostile() : (uint)_random.Next(1, _random.Next(3) == 0 ? 30 : 4);

    private uint Hostile() => _random.Next(4) switch
    {
        0 => 0,
        1 => uint.MaxValue,
        2 => int.MaxValue,
        _ => (uint)_random.NextInt64(uint.MaxValue),
    };

    private ulong Pet() => (ulong)_random.Next((int)_state.NextPetId + 2);

    // As a shell does it: taken, written, dropped; sometimes cut in between, and then done again.
    private void Archive()
    {
        while (LedgerRules.TakePage(_state) is { } page)
        {
            var number = LedgerRules.NumberOf(page);
            if (_archive.TryGetValue(number, out var archived)) Assert.Equal(archived, page);
            _archive[number] = page;
            if (_random.Next(3) == 0) return;
            LedgerRules.Archived(_state, page);
            LedgerRules.Archived(_state, page);
        }
    }

    private void CheckLedger()
    {
        _command = "ledger";
        var entries = new List<LedgerEntry>();
        ulong before = 0;
        do
        {
            var reply = LedgerRulesTests.Read(_state, _archive, before, (uint)_random.Next(1, 101));
            entries.InsertRange(0, reply.Entries.Reverse());
            before = reply.NextBeforeSeq;
        }
        while (before != 0);

        var balances = new Dictionary<(string, string, string), long>();
        for (var i = 0; i < entries.Count; i++)
        {
            Assert.Equal((ulong)i + 1, entries[i].Seq);
            Assert.Equal(entries[i].Amount > 0 ? LedgerFlow.Minted : LedgerFlow.Burnt, entries[i].Flow);
            var key = (entries[i].Currency, entries[i].Item, entries[i].Pet);
            var balance = balances.GetValueOrDefault(key) + entries[i].Amount;
            Assert.Equal(balance, entries[i].BalanceAfter);
            balances[key] = balance;
        }

        Assert.Equal(entries.Count, entries.Select(e => e.IdempotencyKey).Distinct().Count());
        Assert.Equal(
            balances.Where(b => b.Value != 0).OrderBy(b => b.Key).Select(b => (b.Key, b.Value)),
            HoldingRules.InHands(_state).ToMessages().Select(h => ((h.Currency, h.Item, h.Pet), h.Amount)));
    }
}
