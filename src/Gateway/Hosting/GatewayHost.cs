using GameBackend.Gateway.Sessions;
using GameBackend.Nodes;

namespace GameBackend.Gateway.Hosting;

/// <summary>A gateway process of a cluster.</summary>
public static partial class GatewayHost
{
    /// <summary>The options that there are.</summary>
    public static KnownOptions Known { get; } = KnownOptions.With(
        [], KnownOptions.OfSilos.Concat(KnownOptions.OfHarbors));

    /// <param name="args">
    /// The command line: <c>--instance N</c> and any option, such as <c>--Gateway:TcpPort 8000</c>.
    /// </param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        Known.Check(args, builder.Configuration);
        var instance = builder.Configuration.Instance();
        builder.AddLogging($"gateway-{instance}");
        var connection = builder.Configuration.RedisConnection() ?? throw new StartupException(
            "A gateway process needs a cluster: set Redis__ConnectionString. Without one, run the silo, which has a gateway inside.");
        Instances.CheckPorts(instance, GatewayHosting.Ports(builder.Configuration));
        builder.AddClusterClient(ClusterSettings.ConnectRedis(connection));
        builder.AddTracing();
        builder.AddGateway();
        builder.Services.AddNode(
            NodeTypes.Gateway, "gateway", _ => builder.Configuration.NodePrefix(), [],
            services => (services.GetRequiredService<SessionRegistry>().Players, (int)ThreadPool.PendingWorkItemCount));
        builder.Services.AddHostedService<GatewayControl>();

        var app = builder.Build();
        app.MapGateway();
        app.OnReady(addresses => LogReady(app.Logger, addresses));
        return app;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready. Gateway: {Addresses}")]
    private static partial void LogReady(ILogger logger, string addresses);
}
