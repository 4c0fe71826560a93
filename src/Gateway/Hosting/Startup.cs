using GameBackend.Gateway.Admin;
using GameBackend.Nodes;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;

namespace GameBackend.Gateway.Hosting;

/// <summary>This process cannot start as it is configured. The message is for the person who started it.</summary>
public sealed class StartupException(string message) : Exception(message);

/// <summary>What silo and gateway processes have in common from the first line to the exit code.</summary>
public static class Startup
{
    private const string LogTemplate =
        "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{Trace}{NewLine}{Exception}";

    /// <summary>
    /// Runs a host, or prints what its options are. A mistake in the configuration ends it with one clear line and exit
    /// code 2, any other failure with exit code 1.
    /// </summary>
    /// <param name="known">The options that there are.</param>
    /// <param name="explains">
    /// Other exceptions whose message is for the person who started it, if they end the start.
    /// </param>
    public static async Task<int> Run(
        string[] args, KnownOptions known, Func<string[], WebApplication> build,
        Func<Exception, bool>? explains = null)
    {
        if (Help.IsAsked(args))
        {
            await Console.Out.WriteAsync(Help.Text(build.Method.Module.Assembly, known));
            return 0;
        }

        try
        {
            await using var app = build(args);
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (Explain(e, explains) is { } explanation)
        {
            Tell(explanation, null);
            return 2;
        }
        catch (Exception e)
        {
            Tell("The process has failed", e);
            return 1;
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }
    }

    /// <summary>
    /// Console and rolling files; what Orleans says below a warning is left out, and what goes with every placement of
    /// a grain.
    /// </summary>
    /// <exception cref="StartupException">The files cannot be written.</exception>
    public static void AddLogging(this WebApplicationBuilder builder, string file)
    {
        var directory = LogsOptions.CheckedDirectory(builder.Configuration);
        builder.Services.AddSingleton(new AuditFile(directory, file, TimeProvider.System));
        var configuration = new LoggerConfiguration()
            .Enrich.With<TraceEnricher>()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Orleans", LogEventLevel.Warning)
            .MinimumLevel.Override("Polly", LogEventLevel.Warning)
            .Filter.With<Noise>()
            .WriteTo.Console(
                outputTemplate: LogTemplate, formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                standardErrorFromLevel: LogEventLevel.Fatal)
            .WriteTo.File(
                Path.Combine(directory, $"{file}-.log"),
                outputTemplate: LogTemplate,
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: 64 << 20,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: 14)
            .ReadFrom.Configuration(builder.Configuration);
        Log.Logger = configuration.CreateLogger();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(Log.Logger);
    }

    /// <summary>Says why a process ends: once, in the log if there is one by then.</summary>
    private static void Tell(string explanation, Exception? failure)
    {
        if (Log.Logger == Serilog.Core.Logger.None)
            Console.Error.WriteLine($"{explanation}{(failure is null ? "" : $"{Environment.NewLine}{failure}")}");
        else
            Log.Fatal(failure, "{Explanation:l}", explanation);
    }

    /// <summary>
    /// What to tell whoever started the process, in one line, if it ends by their mistake; null if it does not.
    /// </summary>
    internal static string? Explain(Exception e, Func<Exception, bool>? explains) => e switch
    {
        StartupException or NodeJoinException => e.Message,
        OptionsValidationException or OrleansConfigurationException => $"The configuration is not valid: {e.Message}",
        _ when IsOfConfiguration(e) => $"The configuration is not valid: {WithCause(e)}",
        _ when explains?.Invoke(e) == true => e.Message,
        AggregateException { InnerExceptions: [{ } inner] } => Explain(inner, explains),
        _ => e.InnerException is { } inner ? Explain(inner, explains) : null,
    };

    // There is no exception of its own for a value that is not the number, time or name that the option takes, or for
    // a settings file that is none: only where it comes from tells it from a defect.
    private static bool IsOfConfiguration(Exception e) =>
        e is InvalidOperationException or InvalidDataException or FormatException
        && (e.Source?.StartsWith("Microsoft.Extensions.Configuration", StringComparison.Ordinal) == true
            || e.Source == "Serilog.Settings.Configuration");

    private static string WithCause(Exception e) =>
        e is InvalidDataException ? $"{e.Message} {e.GetBaseException().Message}" : e.Message;
}
