namespace GameBackend.Game;

/// <summary>
/// Says how many ticks are due, by the time that has passed. What is late is made up for, a few ticks at once; what is
/// later than that is given up, so that a battle that was stopped for long goes on at its pace.
/// </summary>
/// <param name="ticksPerSecond">The battle's pace.</param>
/// <param name="catchUpTicks">How many ticks may be made at once.</param>
public sealed class BattleClock(int ticksPerSecond, int catchUpTicks)
{
    private long _startUs;
    private long _made;
    private bool _started;

    /// <summary>Ticks that were given up.</summary>
    public long Skipped { get; private set; }

    /// <summary>How late the last tick was, in microseconds.</summary>
    public long LatenessUs { get; private set; }

    /// <summary>How many ticks to make now.</summary>
    /// <param name="nowUs">Of a clock that never goes back, in microseconds.</param>
    public int Due(long nowUs)
    {
        if (!_started) (_started, _startUs) = (true, nowUs);
        var due = ((nowUs - _startUs) * ticksPerSecond / 1_000_000) - _made;
        if (due <= 0) return 0;
        LatenessUs = nowUs - DueAtUs(_made + 1);
        if (due > catchUpTicks)
        {
            Skipped += due - catchUpTicks;
            _startUs += (due - catchUpTicks) * 1_000_000 / ticksPerSecond;
            due = catchUpTicks;
        }

        _made += due;
        return (int)due;
    }

    /// <summary>When the next tick is due.</summary>
    public long NextUs => DueAtUs(_made + 1);

    private long DueAtUs(long tick) => _startUs + (tick * 1_000_000 / ticksPerSecond);
}
