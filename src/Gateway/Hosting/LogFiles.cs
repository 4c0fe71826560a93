using System.Diagnostics;
using Serilog.Core;
using Serilog.Events;

namespace GameBackend.Gateway.Hosting;

/// <summary>Where a process writes its log and its audit (configuration section <c>Logs</c>).</summary>
public sealed class LogsOptions
{
    public const string Section = "Logs";

    /// <summary>The directory of the log files. A process that cannot write to it does not start.</summary>
    public string Directory { get; set; } = "logs";

    /// <exception cref="StartupException">The directory cannot be made, or not be written to.</exception>
    internal static string CheckedDirectory(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<LogsOptions>() ?? new LogsOptions();
        var directory = Path.GetFullPath(options.Directory);
        try
        {
            System.IO.Directory.CreateDirectory(directory);
            File.Create(Path.Combine(directory, $".{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose).Dispose();
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The log directory {directory} (Logs:Directory) cannot be written to: {e.Message}");
        }
    }
}

/// <summary>
/// Leaves out lines of the framework that are not so, or that ask an operator to do what need not be done.
/// </summary>
internal sealed class Noise : ILogEventFilter
{
    private static readonly DateTime StartedAt = Process.GetCurrentProcess().StartTime.ToUniversalTime();

    public bool IsEnabled(LogEvent logEvent)
    {
        var text = logEvent.MessageTemplate.Text;
        // Run says why, once.
        if (text == "Hosting failed to start")
            return false;
        // Both collectors are supported; the choice is the operator's (DOTNET_gcServer).
        if (text.StartsWith("Note: Silo not running with ServerGC", StringComparison.Ordinal)
            || text.StartsWith("Note: ServerGC only kicks in", StringComparison.Ordinal))
            return false;
        // A gateway that waits for the first silo says so itself, once.
        if (text.StartsWith("Could not find any gateway in", StringComparison.Ordinal))
            return false;
        return !IsOfUnsetWatch(logEvent, text);
    }

    /// <summary>
    /// The watchdog may look at its other thread before that has begun, and then counts from the start of the machine.
    /// </summary>
    private static bool IsOfUnsetWatch(LogEvent line, string text) =>
        text.StartsWith("Participant check thread has not completed", StringComparison.Ordinal)
        && line.Properties.GetValueOrDefault("TimeSinceLastTick") is ScalarValue { Value: TimeSpan stalled }
        && stalled > DateTime.UtcNow - StartedAt;

}
