namespace GameBackend.Game;

/// <summary>
/// Encodes what each side sees. A snapshot tells what differs from the side's last baseline, not from the snapshot
/// before: so it may be lost, or left out for a client that lags, and the next one makes up for it. The message and
/// its parts are used again and again; a snapshot allocates nothing once the buffers have grown.
/// </summary>
internal sealed class SnapshotEncoder
{
    /// <summary>Between two baselines of a side. Deltas grow with their age, if only by a little.</summary>
    private const int BaselineSeconds = 2;

    /// <summary>In how many snapshots an event is told.</summary>
    private const int EventTicks = 3;

    private const int ProjectilesTold = 48;
    private const int AreasTold = 32;
    private const int EventsTold = 32;

    private readonly BattleWorld _world;
    private readonly InputGate _gate;
    private readonly SideView[] _views;
    private readonly BattleSnapshot _message;
    private readonly FighterSnapshot[] _fighters;
    private readonly SideSnapshot[] _sides;
    private readonly PickupSnapshot[] _pickups;
    private readonly Pool<ProjectileSnapshot> _projectiles = new(ProjectilesTold);
    private readonly Pool<AreaSnapshot> _areas = new(AreasTold);
    private readonly Pool<BattleEvent> _events = new(EventsTold);

    public SnapshotEncoder(BattleWorld world, InputGate gate, ulong battleId)
    {
        _world = world;
        _gate = gate;
        _message = new BattleSnapshot { BattleId = battleId };
        _views = [.. Enumerable.Range(0, world.Sides.Length + 1).Select(_ => new SideView(world))];
        _fighters = [.. world.Fighters.Select(fighter => new FighterSnapshot { Fighter = (uint)fighter.Index })];
        _sides = [.. Enumerable.Range(0, world.Sides.Length).Select(i => new SideSnapshot { Side = (uint)i })];
        _pickups = [.. world.Plan.Map.Pickups.Select((_, i) => new PickupSnapshot { Pickup = (uint)i })];
    }

    public ReadOnlyMemory<byte> Encode(int side, bool whole)
    {
        var view = _views[side];
        if (whole || _world.Tick >= view.NextBaselineTick) return EncodeBaseline(side, view);
        Fill(side, view, whole: false);
        return view.Latest.Set(_message);
    }

    public int BaseTick(int side) => _views[side].BaseTick;

    public ReadOnlyMemory<byte> Baseline(int side)
    {
        var view = _views[side];
        return view.NextBaselineTick == 0 ? EncodeBaseline(side, view) : view.Base.Memory;
    }

    private ReadOnlyMemory<byte> EncodeBaseline(int side, SideView view)
    {
        // After the first ones sides take turns, so that not all of their baselines fall into one tick.
        var turn = view.NextBaselineTick == 0 ? side : 0;
        view.NextBaselineTick = _world.Tick + (BaselineSeconds * _world.Plan.TicksPerSecond) + turn;
        view.BaseTick = _world.Tick;
        Fill(side, view, whole: true);
        _message.StateHash = _world.Hash();
        return view.Base.Set(_message);
    }

    private void Fill(int side, SideView view, bool whole)
    {
        Clear();
        _message.Tick = (uint)_world.Tick;
        _message.BaseTick = (uint)view.BaseTick;
        foreach (var fighter in _world.Fighters) TellFighter(side, view, fighter, whole);
        TellProjectiles(side, view, whole);
        TellAreas(side, view, whole);
        for (var i = 0; i < _pickups.Length; i++)
        {
            var ready = _world.PickupReadyAt[i];
            if (!whole && view.Pickups[i] == ready) continue;
            if (whole) view.Pickups[i] = ready;
            _pickups[i].ReadyTick = (uint)ready;
            _message.Pickups.Add(_pickups[i]);
        }

        TellSides(side, view, whole);
        TellEvents(side);
    }

    private void Clear()
    {
        _message.Fighters.Clear();
        _message.FightersGone.Clear();
        _message.Projectiles.Clear();
        _message.ProjectilesGone.Clear();
        _message.Areas.Clear();
        _message.AreasGone.Clear();
        _message.Pickups.Clear();
        _message.Sides.Clear();
        _message.Events.Clear();
        _message.ClearStateHash();
        _projectiles.Resize(0);
        _areas.Resize(0);
        _events.Resize(0);
    }

    private void TellFighter(int side, SideView view, Fighter fighter, bool whole)
    {
        ref var told = ref view.Fighters[fighter.Index];
        if (!Sees(side, fighter))
        {
            if (told.Visible && !whole) _message.FightersGone.Add((uint)fighter.Index);
            if (whole) told = default;
            return;
        }

        var own = side == fighter.Side || side == _world.Sides.Length;
        var now = FighterSight.Of(_world, fighter, own ? _gate.Refused(fighter.Index) : default, own);
        var message = _fighters[fighter.Index];
        if (now.Tell(told, message, whole || !told.Visible)) _message.Fighters.Add(message);
        if (whole) told = now;
    }

    private bool Sees(int side, Fighter fighter) =>
        fighter.Side == side || Sees(side, fighter.X, fighter.Y);

    /// <summary>Whether a point is in the view of anyone alive of a side. Who watches sees everything.</summary>
    private bool Sees(int side, int x, int y)
    {
        if (side == _world.Sides.Length) return true;
        var radius = _world.Plan.Tuning.ViewRadiusMm;
        foreach (var fighter in _world.Fighters)
        {
            if (fighter.Side == side && fighter.IsAlive && ArenaGeometry.IsWithin(fighter.X, fighter.Y, x, y, radius))
                return true;
        }

        return false;
    }

    /// <summary>Ids only grow along the list, in the baseline as well, so both are walked once.</summary>
    private void TellProjectiles(int side, SideView view, bool whole)
    {
        var known = view.Projectiles;
        var at = 0;
        if (whole) known.Clear();
        for (var i = 0; i < _world.Projectiles.Count; i++)
        {
            var missile = _world.Projectiles[i];
            if (_world.Fighters[missile.Owner].Side != side && !Sees(side, missile.X, missile.Y)) continue;
            if (!whole)
            {
                while (at < known.Count && known[at] < missile.Id) _message.ProjectilesGone.Add((uint)known[at++]);
                if (at < known.Count && known[at] == missile.Id)
                {
                    at++;
                    continue;
                }
            }

            if (_projectiles.IsFull) continue;
            if (whole) known.Add(missile.Id);
            _message.Projectiles.Add(Describe(missile));
        }

        if (whole) return;
        while (at < known.Count) _message.ProjectilesGone.Add((uint)known[at++]);
    }

    private ProjectileSnapshot Describe(Projectile missile)
    {
        var message = _projectiles.Add();
        message.Id = (uint)missile.Id;
        message.Owner = (uint)missile.Owner;
        message.Action = (BattleAction)(missile.Action + 1);
        message.X = (uint)missile.X;
        message.Y = (uint)missile.Y;
        message.StepX = missile.StepX;
        message.StepY = missile.StepY;
        message.Tick = (uint)_world.Tick;
        return message;
    }

    private void TellAreas(int side, SideView view, bool whole)
    {
        var known = view.Areas;
        var at = 0;
        if (whole) known.Clear();
        for (var i = 0; i < _world.Areas.Count; i++)
        {
            var area = _world.Areas[i];
            if (_world.Fighters[area.Owner].Side != side && !Sees(side, area.X, area.Y)) continue;
            if (!whole)
            {
                while (at < known.Count && known[at] < area.Id) _message.AreasGone.Add((uint)known[at++]);
                if (at < known.Count && known[at] == area.Id)
                {
                    at++;
                    continue;
                }
            }

            if (_areas.IsFull) continue;
            if (whole) known.Add(area.Id);
            _message.Areas.Add(Describe(area));
        }

        if (whole) return;
        while (at < known.Count) _message.AreasGone.Add((uint)known[at++]);
    }

    private AreaSnapshot Describe(Area area)
    {
        var message = _areas.Add();
        message.Id = (uint)area.Id;
        message.Owner = (uint)area.Owner;
        message.Action = (BattleAction)(area.Action + 1);
        message.X = (uint)area.X;
        message.Y = (uint)area.Y;
        message.Radius = (uint)_world.Fighters[area.Owner].Actions[area.Action].RadiusMm;
        message.StartTick = (uint)area.StartTick;
        message.EndTick = (uint)area.EndTick;
        return message;
    }

    private void TellSides(int side, SideView view, bool whole)
    {
        for (var i = 0; i < _sides.Length; i++)
        {
            var now = (_world.Sides[i].Score, Votes: side == i ? VotesOf(i) : 0);
            if (!whole && view.Sides[i] == now) continue;
            if (whole) view.Sides[i] = now;
            _sides[i].Score = (uint)now.Score;
            _sides[i].SurrenderVotes = (uint)now.Votes;
            _message.Sides.Add(_sides[i]);
        }
    }

    private int VotesOf(int side)
    {
        var votes = 0;
        foreach (var fighter in _world.Fighters)
        {
            if (fighter.Side == side && fighter.Vote == 1) votes++;
        }

        return votes;
    }

    private void TellEvents(int side)
    {
        var events = _world.Events;
        for (var i = events.FirstAfter(_world.Tick - EventTicks); i < events.End && !_events.IsFull; i++)
        {
            ref readonly var happening = ref events.At(i);
            if (!Knows(side, happening)) continue;
            var message = _events.Add();
            message.Number = happening.Number;
            message.Kind = happening.Kind;
            message.Actor = (uint)happening.Actor;
            message.Target = (uint)happening.Target;
            message.Amount = (uint)happening.Amount;
            _message.Events.Add(message);
        }
    }

    private bool Knows(int side, in BattleHappening happening) => happening.Kind switch
    {
        BattleEventKind.Kill or BattleEventKind.Pickup or BattleEventKind.Surrender or BattleEventKind.End => true,
        _ => Sees(side, _world.Fighters[happening.Actor]) || Sees(side, _world.Fighters[happening.Target]),
    };
}
