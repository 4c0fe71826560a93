using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GameBackend.EndToEnd.Tests;

/// <summary>A test with real processes: bounded in time, and it shows what the processes said if it fails.</summary>
public abstract class EndToEndTest(ITestOutputHelper output)
{
    private const int LinesShown = 60;

    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Writes a figure down.</summary>
    protected void Say(FormattableString text) => output.WriteLine(
        $"{Stopwatch.GetElapsedTime(_began).TotalSeconds,6:0.0} s  {text.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Whether an operator is to look at a line, but for those that say that the machine is slow.</summary>
    protected static bool IsAlarm(string line) =>
        (line.Contains(" WRN ", StringComparison.Ordinal) || line.Contains(" ERR ", StringComparison.Ordinal)
            || line.Contains(" FTL ", StringComparison.Ordinal))
        && !line.Contains("took elapsed time", StringComparison.Ordinal)
        && !line.Contains("stalled for", StringComparison.Ordinal)
        && !line.Contains("local health is degraded", StringComparison.Ordinal);

    /// <summary>Runs the test. Whatever takes longer than the time has failed.</summary>
    protected async Task Within(int seconds, Func<Task> test)
    {
        var older = ChildProcess.All.Where(process => !process.IsRunning).ToHashSet();
        try
        {
            await test().Within(seconds);
        }
        catch (Exception)
        {
            foreach (var process in ChildProcess.All.Where(each => !older.Contains(each)))
                Show(process);
            throw;
        }

        Say($"done");
    }

    private void Show(ChildProcess process)
    {
        output.WriteLine($"--- {process.Name}, {(process.IsRunning ? "running" : "ended")}");
        foreach (var line in process.Lines().TakeLast(LinesShown))
            output.WriteLine(line);
    }
}
