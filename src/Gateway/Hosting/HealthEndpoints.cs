using GameBackend.Gateway.Lanes;
using GameBackend.Gateway.Metrics;
using GameBackend.Gateway.Sessions;
using GameBackend.Nodes;

namespace GameBackend.Gateway.Hosting;

/// <summary>
/// <c>/health/live</c>: the process runs. <c>/health/ready</c>: it takes work now; 503 and the reasons if not, as while
/// it drains or while Redis does not answer. <c>/metrics</c> for Prometheus.
/// </summary>
public static class HealthEndpoints
{
    /// <param name="problems">What keeps this kind of process from working, besides what all have in common.</param>
    public static void MapHealth(this WebApplication app, Func<IServiceProvider, IEnumerable<string>> problems)
    {
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

    internal static IEnumerable<string> OfGateway(IServiceProvider services)
    {
        if (!services.GetRequiredService<LaneSubscriber>().Ready.IsCompletedSuccessfully)
            yield return "its lanes are not open yet";
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
