using System.Diagnostics;

namespace GameBackend.Grains.Tests;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Wait
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    public static Task Until(Func<bool> condition, string what, int seconds = 15) =>
        Until(() => Task.FromResult(condition()), what, seconds);

    public static async Task Until(Func<Task<bool>> condition, string what, int seconds = 15)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
                Assert.Fail($"Not within {seconds} s: {what}.");
            await Task.Delay(Step);
        }
    }

    /// <summary>
    /// Makes a call until it comes to a clear end, as a gateway does while a silo or the storage is away.
    /// </summary>
    public static async Task<T> UntilClear<T>(Func<Task<T>> call, int seconds = 15)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (IsUnclear(e) && Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                await Task.Delay(Step);
            }
        }
    }

    public static bool IsUnclear(Exception e) =>
        e is TimeoutException or Interfaces.OutcomeUnknownException or OrleansException;
}
