namespace GameBackend.Grains.Battle;

/// <summary>
/// What those who watch will see, until it is old enough. While nobody does, a picture is kept now and then, so that
/// whoever comes has one at once.
/// </summary>
/// <param name="ticks">How old a snapshot has to be.</param>
/// <param name="every">Ticks between two pictures while nobody watches.</param>
internal sealed class WatchDelay(int ticks, int every)
{
    private readonly Queue<BattlePart> _recorded = new();
    private int _recordedAt = -every;

    public bool IsEmpty => _recorded.Count == 0;

    /// <summary>
    /// What was taken last that was whole: what is taken next builds on it, or is whole. Null at first.
    /// </summary>
    public byte[]? Baseline { get; private set; }

    /// <summary>How long it takes until the first picture is old enough; 0 if there is one.</summary>
    /// <param name="tick">Of the battle.</param>
    public int TicksLeft(int tick) => Baseline is not null ? 0
        : Math.Max(1, (_recorded.TryPeek(out var first) ? (int)first.Tick : tick) + ticks - tick);

    /// <summary>Whether a picture is due although nobody watches.</summary>
    public bool IsDue(int tick) => tick - _recordedAt >= every;

    public void Record(BattlePart part)
    {
        _recorded.Enqueue(part);
        _recordedAt = (int)part.Tick;
    }

    /// <summary>The next snapshot that is old enough.</summary>
    /// <param name="tick">Of the battle; it goes on counting when the battle is over.</param>
    public bool TryTake(int tick, out BattlePart part)
    {
        if (!_recorded.TryPeek(out part) || part.Tick + ticks > tick)
            return false;
        _recorded.Dequeue();
        if (part.Tick == part.BaseTick)
            Baseline = part.Body;
        return true;
    }
}
