using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>What a side was told in its last baseline.</summary>
internal sealed class SideView(BattleWorld world)
{
    /// <summary>0 before the first one.</summary>
    public int NextBaselineTick { get; set; }

    public int BaseTick { get; set; }

    public FighterSight[] Fighters { get; } = new FighterSight[world.Fighters.Length];

    public List<int> Projectiles { get; } = [];

    public List<int> Areas { get; } = [];

    public int[] Pickups { get; } = new int[world.Plan.Map.Pickups.Length];

    public (int Score, int Votes)[] Sides { get; } = new (int, int)[world.Sides.Length];

    public EncodedMessage Base { get; } = new();

    public EncodedMessage Latest { get; } = new();
}

/// <summary>A message as bytes, in memory that is used again.</summary>
internal sealed class EncodedMessage
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    public ReadOnlyMemory<byte> Set(IMessage message)
    {
        _length = message.CalculateSize();
        if (_bytes.Length < _length) _bytes = new byte[_length * 3 / 2];
        message.WriteTo(_bytes.AsSpan(0, _length));
        return Memory;
    }
}

/// <summary>A fighter as a side sees it.</summary>
internal struct FighterSight
{
    public bool Visible;
    private int _x;
    private int _y;
    private int _faceX;
    private int _faceY;
    private int _health;
    private int _shield;
    private int _status;
    private int _respawnAt;
    private bool _own;
    private int _lastInput;
    private int _refusedCount;
    private int _refusedInput;
    private InputRefusal _refusedWhy;
    private ReadyTicks _ready;

    public static FighterSight Of(
        BattleWorld world, Fighter fighter, (int Count, int Input, InputRefusal Why) refused, bool own)
    {
        var sight = new FighterSight
        {
            Visible = true,
            _x = fighter.X,
            _y = fighter.Y,
            _faceX = fighter.FaceX,
            _faceY = fighter.FaceY,
            _health = fighter.Health,
            _shield = fighter.Shield,
            _status = StatusOf(world, fighter),
            _respawnAt = fighter.RespawnAt,
            _own = own,
        };
        if (!own) return sight;
        sight._lastInput = fighter.LastInput;
        sight._refusedCount = fighter.RefusedCount + refused.Count;
        var gateIsLater = refused.Count > 0 && refused.Input >= fighter.RefusedInput;
        sight._refusedInput = gateIsLater ? refused.Input : fighter.RefusedInput;
        sight._refusedWhy = gateIsLater ? refused.Why : (InputRefusal)fighter.RefusedWhy;
        fighter.ReadyAt.CopyTo(sight._ready);
        return sight;
    }

    /// <summary>Puts what differs into a message.</summary>
    /// <returns>Whether anything does.</returns>
    public readonly bool Tell(in FighterSight before, FighterSnapshot message, bool whole)
    {
        Clear(message);
        var any = whole;
        if (whole || _x != before._x) { message.X = (uint)_x; any = true; }
        if (whole || _y != before._y) { message.Y = (uint)_y; any = true; }
        if (whole || _faceX != before._faceX) { message.FaceX = _faceX; any = true; }
        if (whole || _faceY != before._faceY) { message.FaceY = _faceY; any = true; }
        if (whole || _health != before._health) { message.Health = (uint)_health; any = true; }
        if (whole || _shield != before._shield) { message.Shield = (uint)_shield; any = true; }
        if (whole || _status != before._status) { message.Status = (uint)_status; any = true; }
        if (whole || _respawnAt != before._respawnAt) { message.RespawnTick = (uint)_respawnAt; any = true; }
        return (_own && TellOwn(before, message, whole)) || any;
    }

    private readonly bool TellOwn(in FighterSight before, FighterSnapshot message, bool whole)
    {
        var any = false;
        if (whole || _lastInput != before._lastInput) { message.LastInput = (uint)_lastInput; any = true; }
        if (whole || _refusedCount != before._refusedCount)
        {
            message.RefusedCount = (uint)_refusedCount;
            message.RefusedInput = (uint)_refusedInput;
            message.RefusedWhy = _refusedWhy;
            any = true;
        }

        if (!whole && ((ReadOnlySpan<int>)_ready).SequenceEqual(before._ready)) return any;
        foreach (var ready in _ready) message.ReadyTicks.Add((uint)ready);
        return true;
    }

    private static void Clear(FighterSnapshot message)
    {
        message.ClearX();
        message.ClearY();
        message.ClearFaceX();
        message.ClearFaceY();
        message.ClearHealth();
        message.ClearShield();
        message.ClearStatus();
        message.ClearRespawnTick();
        message.ClearLastInput();
        message.ClearRefusedCount();
        message.ClearRefusedInput();
        message.ClearRefusedWhy();
        message.ReadyTicks.Clear();
    }

    private static int StatusOf(BattleWorld world, Fighter fighter) =>
        (fighter.IsAlive ? 1 : 0)
        | (world.Tick <= fighter.HasteUntil ? 2 : 0)
        | (world.Tick <= fighter.SlowUntil ? 4 : 0)
        | (fighter.DashTicks > 0 ? 8 : 0)
        | (world.Tick <= fighter.ProtectedUntil ? 16 : 0)
        | (world.IsSteered(fighter) ? 32 : 0)
        | (!fighter.IsAlive && fighter.RespawnAt == 0 ? 64 : 0);

    [System.Runtime.CompilerServices.InlineArray(RoleDefinition.ActionCount)]
    private struct ReadyTicks
    {
        private int _first;
    }
}
