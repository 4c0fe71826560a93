using System.Diagnostics;

namespace GameBackend.Bots;

/// <summary>A line on the error stream each second.</summary>
internal static class Progress
{
    public static async Task Show(BotRun run, IReadOnlyCollection<Bot> bots, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        var before = 0L;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                run.Report.NoteSlowdown();
                var requests = run.Report.RequestCount;
                var statistics = bots.SelectMany(bot => bot.Statistics).ToArray();
                var line = $"{Stopwatch.GetElapsedTime(begin).TotalSeconds,4:0} s  {run.Arguments.Scenario}"
                    + $"  online {bots.Count(bot => bot.IsOnline)}/{bots.Count}"
                    + $"  requests {requests} ({requests - before}/s)"
                    + $"  pushes {statistics.Sum(s => s.Pushes)}  refusals {run.Report.ErrorCount}"
                    + $"  reconnects {statistics.Sum(s => s.Reconnects)}  failures {run.Report.FailureCount}";
                before = requests;
                if (Console.IsErrorRedirected)
                    await Console.Error.WriteLineAsync(line);
                else
                    await Console.Error.WriteAsync($"\r{line}\e[K");
            }
        }
        catch (OperationCanceledException)
        {
            if (!Console.IsErrorRedirected)
                await Console.Error.WriteLineAsync();
        }
    }
}
