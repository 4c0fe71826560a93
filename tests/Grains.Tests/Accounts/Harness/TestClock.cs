namespace GameBackend.Accounts.Testing;

/// <summary>A wall clock that tests move forward. Timers and timestamps stay real: Orleans runs on them.</summary>
public sealed class TestClock : TimeProvider
{
    private long _aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _aheadTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);
}
