namespace GameBackend.Bots.Flaky;

/// <summary>
/// When one connection is cut: after so many bytes out, so many bytes in, or so much time. Whichever comes first.
/// </summary>
internal sealed record CutPlan(long AfterWritten, long AfterRead, TimeSpan After, bool Reset)
{
    /// <summary>
    /// Draws a plan. Byte counts are small enough to fall into handshakes and into the middle of frames; times fall
    /// between a request and its reply, or while nothing happens.
    /// </summary>
    public static CutPlan Draw(Random random) => random.Next(3) switch
    {
        0 => new(random.Next(1, 2_000), long.MaxValue, TimeSpan.FromSeconds(6), random.Next(2) == 0),
        1 => new(long.MaxValue, random.Next(1, 4_000), TimeSpan.FromSeconds(6), random.Next(2) == 0),
        _ => new(long.MaxValue, long.MaxValue, TimeSpan.FromMilliseconds(random.Next(1, 4_000)), random.Next(2) == 0),
    };

    /// <summary>Draws a plan that leaves time to fight: bytes would be over in a second.</summary>
    public static CutPlan DrawInBattle(Random random) => new(
        long.MaxValue, long.MaxValue, TimeSpan.FromMilliseconds(random.Next(500, 40_000)), random.Next(2) == 0);
}
