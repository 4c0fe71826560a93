using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Lanes;
using GameBackend.Gateway.Sessions;
using GameBackend.Nodes;

namespace GameBackend.Gateway.Metrics;

/// <summary>What a process has to say to Prometheus.</summary>
public static class MetricsEndpoint
{
    public static IServiceCollection AddMetricsEndpoint(this IServiceCollection services) =>
        services.AddSingleton<MetricsCollector>();

    public static void MapMetrics(this WebApplication app)
    {
        // Counts from the start, and not from the first scrape.
        var collector = app.Services.GetRequiredService<MetricsCollector>();
        app.MapGet("/metrics", (IServiceProvider services) =>
        {
            var text = new PrometheusText();
            WriteNodes(text, services.GetService<NodeDirectory>());
            WriteSessions(text, services.GetService<SessionRegistry>());
            WriteLanes(text, services.GetService<LaneSubscriber>());
            WriteRoutes(text, services.GetService<RouteTable>());
            collector.Write(text);
            return Results.Text(text.ToString(), PrometheusText.ContentType);
        });
    }

    private static void WriteNodes(PrometheusText text, NodeDirectory? nodes)
    {
        if (nodes is null)
            return;
        text.Begin("nodes", "gauge", "Nodes of the cluster, as this one knows it.");
        foreach (var same in nodes.All.GroupBy(node => (node.Address.Type, node.Available)))
            text.Sample(
                "nodes", [new("type", TypeName(same.Key.Type)), new("available", same.Key.Available ? "1" : "0")],
                same.Count());
        text.Begin("node_directory_connected", "gauge", "1 if the last heartbeat was answered.");
        text.Sample("node_directory_connected", [], nodes.IsConnected ? 1 : 0);
    }

    private static void WriteSessions(PrometheusText text, SessionRegistry? sessions)
    {
        if (sessions is null)
            return;
        text.Begin("gateway_connections", "gauge", "Client connections by transport.");
        foreach (var same in sessions.All.GroupBy(session => session.Connection.Transport))
            text.Sample("gateway_connections", [new("transport", same.Key)], same.Count());
        text.Begin("gateway_sessions", "gauge", "Players with a session here.");
        text.Sample("gateway_sessions", [], sessions.Players);
        text.Begin("gateway_mailbox_unacknowledged", "gauge",
            "Pushes sent to clients that they have not acknowledged.");
        text.Sample("gateway_mailbox_unacknowledged", [], sessions.All.Sum(session => (double)session.Unacknowledged));
        text.Begin("gateway_requests_in_flight", "gauge", "Requests that are not answered yet.");
        text.Sample("gateway_requests_in_flight", [], sessions.All.Sum(session => session.InFlight));
    }

    private static void WriteLanes(PrometheusText text, LaneSubscriber? lanes)
    {
        if (lanes is null)
            return;
        text.Begin("gateway_lanes_subscribed", "gauge", "Lanes that this gateway listens on.");
        text.Sample("gateway_lanes_subscribed", [], lanes.Subscribed);
    }

    private static void WriteRoutes(PrometheusText text, RouteTable? routes)
    {
        if (routes is null)
            return;
        var used = routes.All.Where(route => route.Statistics.Total > 0).ToArray();
        text.Begin("gateway_requests_total", "counter", "Requests by route and status.");
        foreach (var route in used)
        {
            foreach (var (error, count) in route.Statistics.ByError)
                text.Sample("gateway_requests_total", [new("route", route.Name), new("status", $"{error}")], count);
        }

        text.Begin("gateway_request_duration_seconds", "histogram", "From the arrival of a request to its answer.");
        foreach (var route in used)
        {
            text.Histogram(
                "gateway_request_duration_seconds", [new("route", route.Name)], RouteStatistics.BoundsSeconds,
                route.Statistics.DurationBuckets, route.Statistics.Sum.TotalSeconds);
        }
    }

    private static string TypeName(int type) => type switch
    {
        NodeTypes.Gateway => "gateway",
        NodeTypes.Silo => "silo",
        NodeTypes.Harbor => "harbor",
        _ => $"{type}",
    };
}
