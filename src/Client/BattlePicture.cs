using GameBackend.Protocol;

namespace GameBackend.Client;

/// <summary>
/// What a side sees of a battle: the last baseline, and what the newest snapshot says to be different. Snapshots may be
/// missing; a baseline may not. Not safe for several threads at once.
/// </summary>
public sealed class BattlePicture
{
    private const int EventsKnown = 1024;

    private readonly HashSet<uint> _known = [];
    private readonly Queue<uint> _order = new();
    private BattleSnapshot? _baseline;

    public uint Tick { get; private set; }

    /// <summary>By their numbers; those that are in view.</summary>
    public IReadOnlyDictionary<uint, FighterSnapshot> Fighters { get; private set; } =
        new Dictionary<uint, FighterSnapshot>();

    public IReadOnlyDictionary<uint, ProjectileSnapshot> Projectiles { get; private set; } =
        new Dictionary<uint, ProjectileSnapshot>();

    public IReadOnlyDictionary<uint, AreaSnapshot> Areas { get; private set; } = new Dictionary<uint, AreaSnapshot>();

    /// <summary>From which tick on each pickup lies there.</summary>
    public IReadOnlyDictionary<uint, uint> Pickups { get; private set; } = new Dictionary<uint, uint>();

    public IReadOnlyDictionary<uint, SideSnapshot> Sides { get; private set; } = new Dictionary<uint, SideSnapshot>();

    /// <summary>Takes a snapshot.</summary>
    /// <param name="events">What has happened that was not told before.</param>
    /// <returns>False if its baseline is missing: it has to be asked for, by joining again.</returns>
    public bool Apply(BattleSnapshot snapshot, out IReadOnlyList<BattleEvent> events)
    {
        events = [];
        if (snapshot.Tick == snapshot.BaseTick)
            _baseline = snapshot;
        if (_baseline is null || _baseline.Tick != snapshot.BaseTick)
            return false;
        // Back in time if the battle had to be started again elsewhere.
        Tick = snapshot.Tick;
        var fighters = _baseline.Fighters.ToDictionary(fighter => fighter.Fighter, fighter => fighter.Clone());
        var projectiles = _baseline.Projectiles.ToDictionary(missile => missile.Id);
        var areas = _baseline.Areas.ToDictionary(area => area.Id);
        var pickups = _baseline.Pickups.ToDictionary(pickup => pickup.Pickup, pickup => pickup.ReadyTick);
        var sides = _baseline.Sides.ToDictionary(side => side.Side);
        if (snapshot != _baseline)
        {
            foreach (var fighter in snapshot.Fighters)
                fighters[fighter.Fighter] = Merge(fighters.GetValueOrDefault(fighter.Fighter), fighter);
            foreach (var gone in snapshot.FightersGone)
                fighters.Remove(gone);
            foreach (var missile in snapshot.Projectiles)
                projectiles[missile.Id] = missile;
            foreach (var gone in snapshot.ProjectilesGone)
                projectiles.Remove(gone);
            foreach (var area in snapshot.Areas)
                areas[area.Id] = area;
            foreach (var gone in snapshot.AreasGone)
                areas.Remove(gone);
            foreach (var pickup in snapshot.Pickups)
                pickups[pickup.Pickup] = pickup.ReadyTick;
            foreach (var side in snapshot.Sides)
                sides[side.Side] = side;
        }

        (Fighters, Projectiles, Areas, Pickups, Sides) = (fighters, projectiles, areas, pickups, sides);
        events = [.. snapshot.Events.Where(IsNew)];
        return true;
    }

    private static FighterSnapshot Merge(FighterSnapshot? known, FighterSnapshot change)
    {
        if (known is null)
            return change.Clone();
        if (change.ReadyTicks.Count > 0)
            known.ReadyTicks.Clear();
        known.MergeFrom(change);
        return known;
    }

    private bool IsNew(BattleEvent happening)
    {
        if (!_known.Add(happening.Number))
            return false;
        _order.Enqueue(happening.Number);
        if (_order.Count > EventsKnown)
            _known.Remove(_order.Dequeue());
        return true;
    }
}
