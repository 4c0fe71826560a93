using GameBackend.Gateway.Hosting;

return await Startup.Run(args, Gateway.Build);

/// <summary>A gateway process of a cluster.</summary>
internal static partial class Gateway
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddLogging($"gateway-{builder.Configuration.Instance()}");
        var connection = builder.Configuration.RedisConnection() ?? throw new StartupException(
            "A gateway process needs a cluster: set Redis__ConnectionString. Without one, run the silo, which has a gateway inside.");
        builder.AddClusterClient(ClusterSettings.ConnectRedis(connection));
        builder.AddGateway();

        var app = builder.Build();
        app.MapGateway();
        app.Lifetime.ApplicationStarted.Register(() => LogReady(app.Logger, GatewayHosting.Addresses(app.Services)));
        return app;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Gateway listens: {Addresses}")]
    private static partial void LogReady(ILogger logger, string addresses);
}
