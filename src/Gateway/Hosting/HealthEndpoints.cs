using System.Globalization;
using GameBackend.Gateway.Lanes;
using GameBackend.Gateway.Metrics;
using GameBackend.Gateway.Sessions;
using GameBackend.Nodes;

namespace GameBackend.Gateway.Hosting;

/// <summary>For those who look after a process (configuration section <c>Health</c>).</summary>
public sealed class HealthOptions
{
    public const string Section = "Health";

    /// <summary>A file into which a process writes the port on which it answers /health/ready; for probes.</summary>
    public string? PortFile { get; set; }
}

/// <summary>
/// <c>/health/live</c>: the process runs. <c>/health/ready</c>: it takes work now; 503 and the reasons if not, as while
/// it drains or while Redis does not answer. <c>/metrics</c> for Prometheus. A gateway answers the last two on its
/// operators' port alone.
/// </summary>
public static class HealthEndpoints
{
    /// <param name="port">The port on which this is answered.</param>
    /// <param name="problems">What keeps this kind of process from working, besides what all have in common.</param>
    /// <exception cref="StartupException">The file for probes cannot be written.</exception>
    public static void MapHealth(
        this WebApplication app, int port, Func<IServiceProvider, IEnumerable<string>> problems)
    {
        TellProbes(app.Configuration.GetSection(HealthOptions.Section).Get<HealthOptions>()?.PortFile, port);
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", (IServiceProvider services, NodeDirectory nodes, NodeSelf self) =>
        {
            string[] reasons = [.. Common(nodes, self), .. problems(services)];
            if (reasons.Length > 0)
            {
                return Results.Text(
                    $"not ready: {string.Join("; ", reasons)}", statusCode: StatusCodes.Status503ServiceUnavailable);
            }

            string[] missing = [.. Roles.All.Where(role => nodes.WithRole(role).IsEmpty)];
            return Results.Text(
                missing.Length == 0 ? "ready" : $"ready, but no silo carries: {string.Join(", ", missing)}");
        });
        app.MapMetrics();
    }

    private static void TellProbes(string? file, int port)
    {
        if (string.IsNullOrEmpty(file))
            return;
        try
        {
            File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Health:PortFile '{file}' cannot be written: {e.Message}");
        }
    }

    internal static IEnumerable<string> OfGateway(IServiceProvider services)
    {
        if (!services.GetRequiredService<LaneSubscriber>().Ready.IsCompletedSuccessfully)
            yield return "its lanes are not open yet";
        if (!services.GetRequiredService<FirstCalls>().Answered.IsCompleted)
            yield return "no log-in can be served yet";
        if (services.GetRequiredService<Drain>().Started)
            yield return "it is draining";
    }

    private static IEnumerable<string> Common(NodeDirectory nodes, NodeSelf self)
    {
        if (!nodes.IsConnected)
            yield return "Redis does not answer";
        if (!self.Available)
            yield return "it takes no new work";
    }
}
