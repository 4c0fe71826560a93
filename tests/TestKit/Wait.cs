using System.Runtime.CompilerServices;

namespace GameBackend.TestKit;

/// <summary>
/// Every wait ends: with what was waited for, or with a failure that names it. Times are <see cref="MachineTime"/>.
/// </summary>
public static class Wait
{
    private const double Patience = 20;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits for a state of which nobody tells.</summary>
    public static Task Until(
        Func<bool> holds, [CallerArgumentExpression(nameof(holds))] string what = "", double seconds = Patience) =>
        Until(() => Task.FromResult(holds()), what, seconds);

    /// <inheritdoc cref="Until(Func{bool}, string, double)"/>
    public static async Task Until(
        Func<Task<bool>> holds, [CallerArgumentExpression(nameof(holds))] string what = "", double seconds = Patience)
    {
        var deadline = MachineTime.Now + TimeSpan.FromSeconds(seconds);
        while (!await holds())
        {
            if (MachineTime.Now > deadline)
                throw new TimeoutException($"Not within {seconds} s: {what}.");
            await Task.Delay(Step);
        }
    }

    /// <inheritdoc cref="Until(Func{bool}, string, double)"/>
    public static Task Until(string what, Func<Task<bool>> holds, TimeSpan within) =>
        Until(holds, what, within.TotalSeconds);

    /// <inheritdoc cref="Until(Func{bool}, string, double)"/>
    public static Task Until(string what, Func<bool> holds, TimeSpan within) =>
        Until(holds, what, within.TotalSeconds);

    /// <summary>Makes a call until it comes to a clear end, as a client does of a server that is away.</summary>
    public static async Task<T> UntilClear<T>(
        Func<Task<T>> call, Func<Exception, bool> isUnclear, double seconds = Patience)
    {
        var deadline = MachineTime.Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (isUnclear(e) && MachineTime.Now < deadline)
            {
                await Task.Delay(Step);
            }
        }
    }

    /// <summary>Bounds the wait for a task.</summary>
    public static async Task<T> Within<T>(
        this Task<T> task, double seconds = Patience, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await Within((Task)task, seconds, what);
        return await task;
    }

    /// <inheritdoc cref="Within{T}(Task{T}, double, string)"/>
    public static async Task Within(
        this Task task, double seconds = Patience, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        var deadline = MachineTime.Now + TimeSpan.FromSeconds(seconds);
        while (MachineTime.Now is var now && now < deadline && !task.IsCompleted)
            await Task.WhenAny(task, Task.Delay(deadline - now));
        if (!task.IsCompleted)
            throw new TimeoutException($"Not within {seconds} s: {what}.");
        await task;
    }
}
