namespace GameBackend.Game;

/// <summary>
/// The simulation of one battle. A step is a function of the state and the commands alone, in whole numbers, so that
/// the same setup and commands make the same state on every machine. After the first ticks a step allocates nothing.
/// </summary>
internal sealed partial class BattleWorld
{
    public const int ProjectileLimit = 256;
    public const int AreaLimit = 64;

    /// <summary>What walking vectors and looks are measured in.</summary>
    public const int Unit = 100;

    private readonly SideState[] _sides;
    private readonly int[] _pickupReadyAt;
    private readonly ulong _setupHash;
    private ulong _random;
    private int _tick;
    private int _nextId = 1;
    private int _presentAt;
    private int _endReason;

    public BattleWorld(Catalogue catalogue, BattleSetup setup)
    {
        Plan = BattlePlan.Of(catalogue, setup);
        _random = setup.Seed;
        _sides = new SideState[Plan.Mode.Sides];
        for (var i = 0; i < _sides.Length; i++) _sides[i] = new SideState();
        _pickupReadyAt = new int[Plan.Map.Pickups.Length];
        Fighters = new Fighter[setup.Seats.Count];
        for (var i = 0; i < Fighters.Length; i++)
        {
            Fighters[i] = Seat(setup.Seats[i], i);
            Spawn(Fighters[i]);
        }

        _setupHash = HashSetup();
    }

    public BattlePlan Plan { get; }

    public Fighter[] Fighters { get; }

    public Pool<Projectile> Projectiles { get; } = new(ProjectileLimit);

    public Pool<Area> Areas { get; } = new(AreaLimit);

    public ReadOnlySpan<SideState> Sides => _sides;

    /// <summary>From which tick on each pickup of the map lies there.</summary>
    public ReadOnlySpan<int> PickupReadyAt => _pickupReadyAt;

    /// <summary>How many steps have been made.</summary>
    public int Tick => _tick;

    public bool Ended => _endReason != 0;

    public BattleEndReason EndReason => (BattleEndReason)_endReason;

    /// <summary>What happened lately. Of no effect on the state.</summary>
    public EventRing Events { get; } = new();

    /// <summary>Makes one step. After the end nothing moves any more.</summary>
    public void Step(ReadOnlySpan<BattleCommand> commands)
    {
        if (Ended) return;
        _tick++;
        foreach (ref readonly var command in commands) Apply(command);
        foreach (var fighter in Fighters) BotRules.Steer(this, fighter);
        foreach (var fighter in Fighters) Move(fighter);
        foreach (var fighter in Fighters) Act(fighter);
        MoveProjectiles();
        StrikeAreas();
        foreach (var fighter in Fighters) Bury(fighter);
        foreach (var fighter in Fighters) Revive(fighter);
        TakePickups();
        JudgeVotes();
        JudgeEnd();
    }

    public ulong Hash()
    {
        var visitor = new HashVisitor();
        var setup = _setupHash;
        visitor.Visit(ref setup);
        Visit(ref visitor);
        return visitor.Value;
    }

    public void Write(ByteBuffer buffer)
    {
        var visitor = new WriteVisitor(buffer);
        Visit(ref visitor);
    }

    /// <exception cref="InvalidDataException">The bytes are no state of a battle with this setup.</exception>
    public void Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var visitor = new ReadVisitor(reader);
        Visit(ref visitor);
        if (!reader.AtEnd) throw new InvalidDataException("There is more than a state.");
    }

    /// <summary>A random number, 0 to below the bound (SplitMix64; the small bias does not matter here).</summary>
    public int Random(int bound)
    {
        _random += 0x9E3779B97F4A7C15;
        var mixed = _random;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return (int)((mixed >> 33) % (uint)bound);
    }

    /// <summary>Whether the server steers a fighter: a bot, one that left, or one that is gone for long.</summary>
    public bool IsSteered(Fighter fighter) => (FighterPresence)fighter.Presence switch
    {
        FighterPresence.Bot or FighterPresence.Left => true,
        FighterPresence.Dropped => _tick >= fighter.PresenceSince + Plan.GraceTicks,
        _ => false,
    };

    private Fighter Seat(BattleSeat seat, int index)
    {
        var role = Plan.Rules.IndexOf(seat.Role);
        var tuning = Plan.Tuning;
        var stats = seat.Stats ?? new Stats();
        var speed = tuning.SpeedMmPerSecond + ((long)Math.Clamp(stats.Speed, 0, StatLimit) * tuning.SpeedMmPerPoint);
        return new Fighter
        {
            Index = index,
            Side = (int)seat.Side,
            Role = role,
            PlayerId = seat.PlayerId,
            MaxHealth = Math.Clamp(stats.Health, 1, StatLimit),
            Attack = Math.Clamp(stats.Attack, 1, StatLimit),
            Defence = Math.Clamp(stats.Defence, 0, StatLimit),
            StepMm = (int)Math.Min(speed, tuning.SpeedLimitMmPerSecond) / Plan.TicksPerSecond,
            Actions = Plan.Roles[role],
            Presence = (int)(seat.PlayerId == 0 ? FighterPresence.Bot : FighterPresence.Present),
            LastHitBy = -1,
        };
    }

    /// <summary>What the state does not say: who fights with what, and by which rules.</summary>
    private ulong HashSetup()
    {
        var hash = new StateHash();
        hash.Add((long)Plan.RulesHash);
        hash.Add(Plan.TicksPerSecond);
        foreach (var f in Fighters)
        {
            hash.Add((long)f.PlayerId);
            foreach (var number in (ReadOnlySpan<int>)[f.Side, f.Role, f.MaxHealth, f.Attack, f.Defence, f.StepMm])
                hash.Add(number);
        }

        return hash.Value;
    }

    private void Apply(in BattleCommand command)
    {
        var fighter = Fighters[command.Fighter];
        switch (command.Kind)
        {
            case CommandKind.Input:
                TakeInput(fighter, command.Input);
                break;
            case CommandKind.Drop:
                SetPresence(fighter, FighterPresence.Present, FighterPresence.Dropped);
                break;
            case CommandKind.Return:
                SetPresence(fighter, FighterPresence.Dropped, FighterPresence.Present);
                break;
            case CommandKind.Leave:
                SetPresence(fighter, FighterPresence.Present, FighterPresence.Left);
                SetPresence(fighter, FighterPresence.Dropped, FighterPresence.Left);
                break;
            case CommandKind.VoteYes:
                Vote(fighter, 1);
                break;
            case CommandKind.VoteNo:
                Vote(fighter, 2);
                break;
        }
    }

    private void SetPresence(Fighter fighter, FighterPresence from, FighterPresence to)
    {
        if (fighter.Presence != (int)from) return;
        fighter.Presence = (int)to;
        fighter.PresenceSince = _tick;
        if (to == FighterPresence.Present) fighter.MoveUntil = 0;
    }

    private void TakeInput(Fighter fighter, in FighterInput input)
    {
        if (fighter.Presence != (int)FighterPresence.Present) return;
        fighter.LastInput = input.Number;
        fighter.MoveX = input.MoveX;
        fighter.MoveY = input.MoveY;
        fighter.MoveUntil = _tick + Plan.HoldTicks;
        fighter.Action = (int)input.Action;
        fighter.AimX = input.AimX;
        fighter.AimY = input.AimY;
        fighter.Target = input.Target;
    }

    private void Visit<T>(ref T visitor)
        where T : struct, IStateVisitor
    {
        visitor.Visit(ref _tick);
        visitor.Visit(ref _random);
        visitor.Visit(ref _nextId);
        visitor.Visit(ref _presentAt);
        visitor.Visit(ref _endReason);
        foreach (var side in _sides) side.Visit(ref visitor);
        foreach (var fighter in Fighters) fighter.Visit(ref visitor);
        foreach (ref var ready in _pickupReadyAt.AsSpan()) visitor.Visit(ref ready);
        VisitCount(ref visitor, Projectiles);
        for (var i = 0; i < Projectiles.Count; i++) Projectiles[i].Visit(ref visitor);
        VisitCount(ref visitor, Areas);
        for (var i = 0; i < Areas.Count; i++) Areas[i].Visit(ref visitor);
    }

    private static void VisitCount<T, TItem>(ref T visitor, Pool<TItem> pool)
        where T : struct, IStateVisitor
        where TItem : class, new()
    {
        var count = pool.Count;
        visitor.Visit(ref count);
        if (count < 0 || count > pool.Capacity) throw new InvalidDataException($"{count} of at most {pool.Capacity}.");
        pool.Resize(count);
    }
}
