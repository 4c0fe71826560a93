using GameBackend.Gateway.Sessions;
using GameBackend.Nodes;

namespace GameBackend.Gateway.Hosting;

/// <summary>A gateway process of a cluster.</summary>
public static partial class GatewayHost
{
    /// <param name="args">
    /// The command line: <c>--instance N</c> and any option, such as <c>--Gateway:TcpPort 8000</c>.
    /// </param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddLogging($"gateway-{builder.Configuration.Instance()}");
        var connection = builder.Configuration.RedisConnection() ?? throw new StartupException(
            "A gateway process needs a cluster: set Redis__ConnectionString. Without one, run the silo, which has a gateway inside.");
        builder.AddClusterClient(ClusterSettings.ConnectRedis(connection));
        builder.AddTracing();
        builder.AddGateway();
        builder.Services.AddNode(
            NodeTypes.Gateway, "gateway", _ => builder.Configuration.NodePrefix(), [],
            services => (services.GetRequiredService<SessionRegistry>().Players, (int)ThreadPool.PendingWorkItemCount));
        builder.Services.AddHostedService<GatewayControl>();

        var app = builder.Build();
        app.MapGateway();
        app.Lifetime.ApplicationStarted.Register(() => LogReady(app.Logger, GatewayHosting.Addresses(app.Services)));
        return app;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready. Gateway: {Addresses}")]
    private static partial void LogReady(ILogger logger, string addresses);
}
