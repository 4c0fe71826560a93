namespace GameBackend.Client.Sessions;

/// <summary>Waits that double, with jitter, so that many clients do not come back in step.</summary>
internal static class Backoff
{
    private static readonly Random Jitter = new();

    /// <summary>
    /// A random time between half and all of <c>first * 2^attempt</c>, at most <paramref name="max"/>.
    /// </summary>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan max)
    {
        var doubled = first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30));
        return TimeSpan.FromMilliseconds(Math.Min(doubled, max.TotalMilliseconds) * (0.5 + (NextDouble() / 2)));
    }

    /// <summary>A random time up to <paramref name="max"/>.</summary>
    public static TimeSpan Within(TimeSpan max) => TimeSpan.FromMilliseconds(max.TotalMilliseconds * NextDouble());

    private static double NextDouble()
    {
        lock (Jitter)
            return Jitter.NextDouble();
    }
}
