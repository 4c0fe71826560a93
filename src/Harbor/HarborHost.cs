using System.ComponentModel.DataAnnotations;
using GameBackend.Gateway.Hosting;
using GameBackend.Gateway.Metrics;
using GameBackend.Nodes;

namespace GameBackend.Harbor;

/// <summary>A harbor process: a node of its zone that knows those of the other zones.</summary>
public static partial class HarborHost
{
    /// <summary>The options that there are.</summary>
    public static KnownOptions Known { get; } = KnownOptions.With(
        [typeof(HarborHost)], KnownOptions.OfSilos);

    /// <param name="args">
    /// The command line: <c>--instance N</c> and any option, such as <c>--Node:Cluster 2</c>.
    /// </param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        Known.Check(args, builder.Configuration);
        var instance = builder.Configuration.Instance();
        builder.AddLogging($"harbor-{instance}");
        var options = Options(builder.Configuration);
        Instances.CheckPorts(instance, new ListeningPort("harbor's HTTP", options.HttpPort, options.ListenAny));
        options.HttpPort += Instances.Shift(instance);
        var connection = builder.Configuration.RedisConnection()
            ?? throw new StartupException("A harbor belongs to a cluster: set Redis__ConnectionString.");
        var zone = builder.Configuration.NodePrefix();
        var redis = ClusterSettings.ConnectRedis(connection);
        var sea = options.ConnectionString is { Length: > 0 } other && other != connection
            ? ClusterSettings.ConnectRedis(other)
            : redis;

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOn(options.ListenAny, options.HttpPort));
        builder.Services.AddSingleton(redis);
        builder.Services.AddMetricsEndpoint();
        builder.Services.AddNode(
            NodeTypes.Harbor, "harbor", _ => zone, [],
            services => (0, services.GetRequiredService<HarborRelay>().Waiting));
        builder.Services.AddHarbor(_ => sea, options.Prefix, zone);
        builder.Services.AddHostedService<HarborControl>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));

        var app = builder.Build();
        app.MapHealth(options.HttpPort, _ => []);
        app.Lifetime.ApplicationStarted.Register(() => LogReady(
            app.Logger, app.Services.GetRequiredService<NodeDirectory>().Mine.Address.Cluster, options.Prefix,
            options.HttpPort));
        return app;
    }

    private static HarborOptions Options(IConfiguration configuration)
    {
        var options = configuration.GetSection(HarborOptions.Section).Get<HarborOptions>() ?? new HarborOptions();
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(
            options, new ValidationContext(options), problems, validateAllProperties: true))
            throw new StartupException(
                $"{HarborOptions.Section}: {string.Join(" ", problems.Select(p => p.ErrorMessage))}");
        if (options.Prefix == configuration.NodePrefix())
            throw new StartupException(
                $"Harbor:Prefix '{options.Prefix}' is that of the zone's own nodes; it needs another.");
        return options;
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Ready. Harbor of zone {Zone} to '{Harbors}', health on {HttpPort}")]
    private static partial void LogReady(ILogger logger, int zone, string harbors, int httpPort);
}
