namespace GameBackend.Game;

/// <summary>
/// A change in the making. Rules read and write the draft; the state sees nothing of it until the commit, which
/// applies all of it at once, as one version with one delta. A draft that has refused anything is thrown away as a
/// whole, so its parts need not undo what they did before.
/// </summary>
internal sealed class PlayerDraft
{
    private readonly PlayerState _state;
    private readonly LedgerDraft _ledger;
    private ProgressDraft? _progress;
    private WalletDraft? _wallet;
    private BagDraft? _bag;
    private PetsDraft? _pets;
    private EquipmentDraft? _equipment;

    private PlayerDraft(PlayerState state, Catalogue catalogue, Act act)
    {
        ArgumentException.ThrowIfNullOrEmpty(act.Key, nameof(act));
        _state = state;
        _ledger = new LedgerDraft(state, act);
        Catalogue = catalogue;
        Profile = state.Profile;
    }

    public Catalogue Catalogue { get; }

    /// <summary>Is replaced, never changed in place.</summary>
    public Profile Profile { get; set; }

    public ProgressDraft Progress => _progress ??= new ProgressDraft(_state, Catalogue.Player.Curve);

    public WalletDraft Wallet => _wallet ??= new WalletDraft(_state, Catalogue, _ledger);

    public BagDraft Bag => _bag ??= new BagDraft(_state, Catalogue);

    public PetsDraft Pets => _pets ??= new PetsDraft(_state, Catalogue);

    public EquipmentDraft Equipment => _equipment ??= new EquipmentDraft(_state);

    /// <summary>Changes a player that exists, or refuses.</summary>
    /// <param name="cause">Tells the client what the change is, such as <c>bag.move</c>.</param>
    public static Decision Change(
        PlayerState state, Catalogue catalogue, Act act, string cause, Func<PlayerDraft, GameError> change) =>
        PlayerRules.Exists(state)
            ? Decide(state, catalogue, act, cause, change)
            : Decision.Refused(GameError.PlayerMissing);

    /// <summary>As <see cref="Change"/>, for a player that need not exist yet.</summary>
    public static Decision Decide(
        PlayerState state, Catalogue catalogue, Act act, string cause, Func<PlayerDraft, GameError> change)
    {
        var draft = new PlayerDraft(state, catalogue, act);
        var error = change(draft);
        return error == GameError.Ok
            ? new Decision(GameError.Ok, draft.Commit(cause))
            : Decision.Refused(error);
    }

    /// <summary>Gives everything to the player, several times over. Experience beyond the last level is lost.</summary>
    /// <returns>BALANCE_LIMIT, BAG_FULL, PET_LIMIT, or what is wrong with the gains themselves.</returns>
    public GameError Gain(Gains gains, uint times, string reason)
    {
        Progress.Gain(Amounts.Times(gains.Experience, times));
        foreach (var (currency, amount) in gains.Currencies)
        {
            if (amount <= 0) return GameError.InvalidArgument;
            var error = Wallet.Book(currency, Amounts.Times(amount, times), reason);
            if (error != GameError.Ok) return error;
        }

        foreach (var (item, count, bound) in gains.Items)
        {
            if (!Catalogue.Items.TryGetValue(item, out var definition)) return GameError.ItemUnknown;
            var error = Bag.Add(definition, Amounts.Times(count, times), bound);
            if (error != GameError.Ok) return error;
        }

        foreach (var kind in gains.Pets)
        {
            var error = Pets.Gain(kind, times);
            if (error != GameError.Ok) return error;
        }

        return GameError.Ok;
    }

    private PlayerChanged Commit(string cause)
    {
        // First of all: it throws if the act has been booked before.
        BookThings(cause);
        var change = new PlayerChanged { Cause = cause };
        var created = _state.Version == 0;
        var statsBefore = StatsRules.Of(_state, Catalogue);

        if (!Profile.Equals(_state.Profile))
        {
            _state.Profile = Profile;
            change.Profile = Profile.Clone();
        }

        _progress?.Commit(change);
        _ledger.Commit();
        _wallet?.Commit(change);
        _bag?.Commit(change);
        _pets?.Commit(change);
        _equipment?.Commit(change);

        var stats = StatsRules.Of(_state, Catalogue);
        if (created || !stats.Equals(statsBefore)) change.Stats = stats;
        change.Version = ++_state.Version;
        return change;
    }

    // Currencies are booked one by one, with reasons of their own; items and pets as the change has them in sum.
    private void BookThings(string cause)
    {
        if (_bag is null && _equipment is null && _pets is null) return;
        var gained = new Holdings();
        _bag?.AddGained(gained);
        _equipment?.AddGained(gained);
        _pets?.AddGained(gained);
        HoldingRules.Book(_ledger, _state, gained, cause);
    }
}
