namespace GameBackend.Game;

/// <summary>What has happened in the last ticks, for those who watch. The oldest are forgotten.</summary>
internal sealed class EventRing
{
    /// <summary>Events of one tick that have numbers of their own; a tick with more of them forgets the rest.</summary>
    private const int PerTick = 64;

    private const int Capacity = 256;

    private readonly BattleHappening[] _ring = new BattleHappening[Capacity];
    private int _count;
    private int _tick;
    private int _inTick;

    public void Add(int tick, BattleEventKind kind, int actor, int target, int amount)
    {
        if (tick != _tick) (_tick, _inTick) = (tick, 0);
        if (_inTick == PerTick) return;
        _ring[_count++ % Capacity] =
            new BattleHappening(tick, ((uint)tick * PerTick) + (uint)_inTick++, kind, actor, target, amount);
    }

    /// <summary>The oldest one after a tick that is still known, as an index for <see cref="At"/>.</summary>
    public int FirstAfter(int tick)
    {
        var first = _count;
        while (first > 0 && first > _count - Capacity && _ring[(first - 1) % Capacity].Tick > tick) first--;
        return first;
    }

    public int End => _count;

    public ref readonly BattleHappening At(int index) => ref _ring[index % Capacity];
}

internal readonly record struct BattleHappening(
    int Tick, uint Number, BattleEventKind Kind, int Actor, int Target, int Amount);
