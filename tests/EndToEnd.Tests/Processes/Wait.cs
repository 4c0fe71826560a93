using System.Diagnostics;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>Waits for what another process does and tells nobody.</summary>
internal static class Wait
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);

    /// <summary>Looks again and again.</summary>
    /// <exception cref="TimeoutException">It has not come true in time.</exception>
    public static async Task Until(string what, Func<Task<bool>> isTrue, TimeSpan within)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isTrue())
        {
            if (Stopwatch.GetElapsedTime(began) > within)
                throw new TimeoutException($"Not true within {within.TotalSeconds} s: {what}.");
            await Task.Delay(Step);
        }
    }

    public static Task Until(string what, Func<bool> isTrue, TimeSpan within) =>
        Until(what, () => Task.FromResult(isTrue()), within);
}
