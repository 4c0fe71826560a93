namespace GameBackend.Game.Tests;

/// <summary>A player under test. Every command is checked for what holds of all of them.</summary>
internal sealed class TestPlayer
{
    public const long NowMs = 1_700_000_000_000;
    private int _acts;

    public TestPlayer(Catalogue? catalogue = null, PlayerState? state = null)
    {
        Catalogue = catalogue ?? SmallCatalogue.Instance;
        State = state ?? new PlayerState();
    }

    public delegate Decision Rule(PlayerState state, Catalogue catalogue, Act act);

    public PlayerState State { get; set; }

    public Catalogue Catalogue { get; set; }

    public long Gold => Balance("gold");

    public long Gem => Balance("gem");

    public static TestPlayer Created(Catalogue? catalogue = null)
    {
        var player = new TestPlayer(catalogue);
        player.Do((s, c, a) => PlayerRules.Create(s, c, a, "Alice"));
        return player;
    }

    /// <summary>
    /// A created player whose bag holds just this, from slot 0 on; an empty item leaves a slot empty.
    /// </summary>
    public static TestPlayer With(params (string Item, uint Count)[] slots)
    {
        var player = Created();
        player.State.Slots.Clear();
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i].Count > 0)
                player.State.Slots.Add(new BagSlot { Slot = (uint)i, Item = slots[i].Item, Count = slots[i].Count });
        }

        return player;
    }

    /// <summary>Runs a rule that must succeed: one version, one delta that says what the state says.</summary>
    public PlayerChanged Do(Rule rule)
    {
        var before = PlayerViews.Whole(7, State, Catalogue);
        var decision = rule(State, Catalogue, NextAct());
        Assert.Equal(GameError.Ok, decision.Error);
        Assert.NotNull(decision.Change);
        Assert.Equal(before.Version + 1, State.Version);
        Assert.Equal(PlayerViews.Whole(7, State, Catalogue), ViewFold.Apply(before, decision.Change));
        return decision.Change;
    }

    /// <summary>Runs a rule that must be refused, and must leave every byte of the state as it was.</summary>
    public void Refused(GameError error, Rule rule)
    {
        var before = State.ToByteArray();
        var decision = rule(State, Catalogue, NextAct());
        Assert.Equal(error, decision.Error);
        Assert.Null(decision.Change);
        Assert.False(decision.Ok);
        Assert.Equal(before, State.ToByteArray());
    }

    public Act NextAct() => new($"act/{++_acts}", NowMs + _acts);

    /// <summary>The bag as "slot:item*count", with ! for bound.</summary>
    public string Bag() => string.Join(
        ' ', State.Slots.Select(s => $"{s.Slot}:{s.Item}*{s.Count}{(s.Bound ? "!" : "")}"));

    public void SetLevel(uint level, ulong experience = 0)
    {
        State.Level = level;
        State.Experience = experience;
    }

    public void SetBalance(string currency, long amount) =>
        State.Wallet.Single(b => b.Currency == currency).Amount = amount;

    private long Balance(string currency) => State.Wallet.SingleOrDefault(b => b.Currency == currency)?.Amount ?? 0;
}
