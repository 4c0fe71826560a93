namespace GameBackend.Grains.Battle;

/// <summary>What those who watch will see, until it is old enough. It is recorded only while somebody watches.</summary>
internal sealed class WatchDelay(int ticks)
{
    private readonly Queue<BattlePart> _recorded = new();

    public bool IsEmpty => _recorded.Count == 0;

    public void Record(BattlePart part) => _recorded.Enqueue(part);

    /// <summary>The next snapshot that is old enough.</summary>
    /// <param name="tick">Of the battle; it goes on counting when the battle is over.</param>
    public bool TryTake(int tick, out BattlePart part)
    {
        if (!_recorded.TryPeek(out part) || part.Tick + ticks > tick)
            return false;
        _recorded.Dequeue();
        return true;
    }
}
