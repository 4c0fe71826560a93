using System.Runtime.CompilerServices;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>Every wait ends: with what was waited for, or with a failure that names it.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task Within(this Task task) => task.WaitAsync(Patience);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Patience);

    /// <summary>Waits for a state of which nobody tells.</summary>
    public static async Task Until(Func<bool> holds, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!holds())
        {
            Assert.True(Environment.TickCount64 < deadline, $"Never happened: {what}");
            await Task.Delay(5);
        }
    }
}
