namespace GameBackend.Game.Tests;

/// <summary>What a client makes of the snapshots that reach it.</summary>
internal sealed class SnapshotFold
{
    private BattleSnapshot? _baseline;
    private readonly HashSet<uint> _events = [];

    public uint Tick { get; private set; }

    public Dictionary<uint, FighterSnapshot> Fighters { get; private set; } = [];

    public Dictionary<uint, ProjectileSnapshot> Projectiles { get; private set; } = [];

    public Dictionary<uint, AreaSnapshot> Areas { get; private set; } = [];

    public Dictionary<uint, uint> Pickups { get; private set; } = [];

    public Dictionary<uint, uint> Scores { get; private set; } = [];

    public List<BattleEvent> Events { get; } = [];

    /// <returns>False if the baseline is missing, and has to be asked for.</returns>
    public bool Apply(ReadOnlySpan<byte> bytes)
    {
        var snapshot = BattleSnapshot.Parser.ParseFrom(bytes);
        if (snapshot.Tick == snapshot.BaseTick) _baseline = snapshot;
        if (_baseline is null || _baseline.Tick != snapshot.BaseTick) return false;
        Tick = snapshot.Tick;
        Fighters = _baseline.Fighters.ToDictionary(f => f.Fighter, f => f.Clone());
        Projectiles = _baseline.Projectiles.ToDictionary(p => p.Id);
        Areas = _baseline.Areas.ToDictionary(a => a.Id);
        Pickups = _baseline.Pickups.ToDictionary(p => p.Pickup, p => p.ReadyTick);
        Scores = _baseline.Sides.ToDictionary(s => s.Side, s => s.Score);
        if (snapshot != _baseline) ApplyDelta(snapshot);
        Events.AddRange(snapshot.Events.Where(e => _events.Add(e.Number)));
        return true;
    }

    private void ApplyDelta(BattleSnapshot snapshot)
    {
        foreach (var fighter in snapshot.Fighters)
        {
            if (!Fighters.TryGetValue(fighter.Fighter, out var known)) known = Fighters[fighter.Fighter] = new();
            if (fighter.ReadyTicks.Count > 0) known.ReadyTicks.Clear();
            known.MergeFrom(fighter);
        }

        foreach (var gone in snapshot.FightersGone) Assert.True(Fighters.Remove(gone));
        foreach (var missile in snapshot.Projectiles) Projectiles.Add(missile.Id, missile);
        foreach (var gone in snapshot.ProjectilesGone) Assert.True(Projectiles.Remove(gone));
        foreach (var area in snapshot.Areas) Areas.Add(area.Id, area);
        foreach (var gone in snapshot.AreasGone) Assert.True(Areas.Remove(gone));
        foreach (var pickup in snapshot.Pickups) Pickups[pickup.Pickup] = pickup.ReadyTick;
        foreach (var side in snapshot.Sides) Scores[side.Side] = side.Score;
    }
}
