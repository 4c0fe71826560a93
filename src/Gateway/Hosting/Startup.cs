using System.Net;
using System.Net.Sockets;
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
    /// Runs a host. A mistake in the configuration ends it with one clear line and exit code 2, any other failure with
    /// exit code 1.
    /// </summary>
    /// <param name="explains">
    /// Other exceptions whose message is for the person who started it, if they end the start.
    /// </param>
    public static async Task<int> Run(
        string[] args, Func<string[], WebApplication> build, Func<Exception, bool>? explains = null)
    {
        try
        {
            await using var app = build(args);
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (Explain(e, explains) is { } explanation)
        {
            Log.Fatal("{Explanation:l}", explanation);
            await Console.Error.WriteLineAsync(explanation);
            return 2;
        }
        catch (Exception e)
        {
            Log.Fatal(e, "The process has failed");
            return 1;
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }
    }

    /// <summary>Console and rolling files; what Orleans says below a warning is left out.</summary>
    public static void AddLogging(this WebApplicationBuilder builder, string file)
    {
        var configuration = new LoggerConfiguration()
            .Enrich.With<TraceEnricher>()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            // Run says why, once.
            .Filter.ByExcluding(line => line.MessageTemplate.Text == "Hosting failed to start")
            .MinimumLevel.Override("Orleans", LogEventLevel.Warning)
            .MinimumLevel.Override(AdminAudit.Category, LogEventLevel.Information)
            .WriteTo.Console(
                outputTemplate: LogTemplate, formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .WriteTo.File(
                Path.Combine(builder.Configuration["Logs:Directory"] ?? "logs", $"{file}-.log"),
                outputTemplate: LogTemplate,
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: 64 << 20,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: 14)
            .WriteTo.Logger(audit => audit
                .Filter.ByIncludingOnly(line => line.Properties.TryGetValue("SourceContext", out var source)
                    && source is ScalarValue { Value: AdminAudit.Category })
                .WriteTo.File(
                    Path.Combine(builder.Configuration["Logs:Directory"] ?? "logs", $"audit-{file}-.log"),
                    outputTemplate: LogTemplate,
                    formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                    rollingInterval: RollingInterval.Month,
                    retainedFileCountLimit: 12))
            .ReadFrom.Configuration(builder.Configuration);
        Log.Logger = configuration.CreateLogger();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(Log.Logger);
    }

    /// <summary>Finds out before the start whether ports are free, so that the message can name them.</summary>
    /// <exception cref="StartupException">One is taken.</exception>
    public static void CheckPorts(bool any, params (string Name, int Port)[] ports)
    {
        foreach (var (name, port) in ports)
        {
            if (port == 0)
                continue;
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // A port whose last connections are still winding down is free. ReuseAddress would let two processes
                // share a port, as the listeners of silos do.
                socket.Bind(new IPEndPoint(any ? IPAddress.Any : IPAddress.Loopback, port));
                socket.Listen();
            }
            catch (SocketException e) when (IsTaken(e))
            {
                throw Taken(name, $"{port}");
            }
        }
    }

    /// <summary>As <see cref="CheckPorts"/>, for UDP.</summary>
    /// <exception cref="StartupException">The port is taken.</exception>
    public static void CheckDatagramPort(bool any, string name, int port)
    {
        if (port == 0)
            return;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(any ? IPAddress.Any : IPAddress.Loopback, port));
        }
        catch (SocketException e) when (IsTaken(e))
        {
            throw Taken(name, $"{port} (UDP)");
        }
    }

    private static bool IsTaken(SocketException e) =>
        e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied;

    private static StartupException Taken(string name, string port) => new(
        $"The {name} port {port} is taken. Another process runs here: pass --instance 2 (3, …) to shift all ports, or configure another port.");

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
