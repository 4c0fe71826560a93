using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using GameBackend.Game;
using GameBackend.Gateway.Hosting;
using GameBackend.Gateway.Metrics;
using GameBackend.Grains;
using GameBackend.Grains.Battle;
using GameBackend.Grains.Chat;
using GameBackend.Grains.Guild;
using GameBackend.Grains.Interfaces;
using GameBackend.Grains.Mailbox;
using GameBackend.Grains.Match;
using GameBackend.Grains.Player;
using GameBackend.Grains.Relay;
using GameBackend.Grains.Storage;
using GameBackend.Grains.Values;
using GameBackend.Grains.Zones;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace GameBackend.Silo;

/// <summary>
/// A silo: in a cluster if there is a Redis connection string; otherwise a whole backend in one process, with a gateway
/// inside and its data on disk.
/// </summary>
public static partial class SiloHost
{
    /// <summary>The options that there are.</summary>
    public static KnownOptions Known { get; } = KnownOptions.With(
        [typeof(SiloHost), typeof(MailboxOptions)], KnownOptions.OfHarbors);

    /// <param name="args">
    /// The command line: <c>--instance N</c> and any option, such as <c>--Gateway:TcpPort 8000</c>.
    /// </param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        Known.Check(args, builder.Configuration);
        var instance = builder.Configuration.Instance();
        builder.AddLogging($"silo-{instance}");
        var options = Options(builder.Configuration);
        Instances.CheckPorts(instance, Ports(builder.Configuration, options));
        MovePorts(options, Instances.Shift(instance));
        var redis = builder.Configuration.RedisConnection() is { } connection
            ? ClusterSettings.ConnectRedis(connection)
            : null;

        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => cluster.ApplyIds(builder.Configuration));
            ConfigureEndpoints(silo, options);
            if (redis is null)
                silo.AddEmbedded(builder.Configuration, options);
            else
                silo.AddCluster(redis);
            silo.Tune(options);
            if (builder.Configuration.IsTraced())
                silo.AddActivityPropagation();
        });
        builder.AddTracing();
        AddGame(builder);
        return redis is null ? WithGateway(builder) : WithHealth(builder, options);
    }

    private static void AddGame(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(LoadCatalogue(builder.Configuration["Game:Catalogue"]));
        services.AddAccountGrains(builder.Configuration);
        services.AddChat();
        services.AddBattles();
        services.AddMatch();
        services.AddHostedService<ZoneServices>();
        services.AddSingleton<PlayerRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<PlayerRelay>());
        services.AddChecked<PlayerOptions>(PlayerOptions.Section);
        services.AddMailboxes();
        services.AddChecked<GuildOptions>(GuildOptions.Section);
        services.AddChecked<ValueOptions>(ValueOptions.Section);
        services.AddOptions<ReminderOptions>()
            .Configure<IOptions<PlayerOptions>, IOptions<GuildOptions>, IOptions<BattleOptions>>(
                (reminders, player, guild, battle) =>
                {
                    // Orleans refuses reminders below a minute, and with them every log-in, guild or battle.
                    TimeSpan[] periods =
                    [
                        reminders.MinimumReminderPeriod, player.Value.WakeEvery, guild.Value.WakeEvery,
                        battle.Value.WakeEvery, battle.Value.ReplayKeptFor,
                    ];
                    reminders.MinimumReminderPeriod = periods.Min();
                });
    }

    private static Catalogue LoadCatalogue(string? directory)
    {
        if (string.IsNullOrEmpty(directory))
            return Catalogue.LoadDefault();
        try
        {
            return Catalogue.LoadFrom(directory);
        }
        catch (CatalogueException e)
        {
            throw new StartupException($"Game:Catalogue '{directory}' cannot be used: {string.Join("; ", e.Problems)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Game:Catalogue '{directory}' cannot be read: {e.Message}");
        }
    }

    private static WebApplication WithGateway(WebApplicationBuilder builder)
    {
        builder.AddGateway();
        var app = builder.Build();
        app.MapGateway(services => services.GetRequiredService<EmbeddedStore>().Problem is { } why ? [why] : []);
        app.OnReady(addresses => LogSingle(app.Logger, addresses));
        return app;
    }

    private static WebApplication WithHealth(WebApplicationBuilder builder, SiloOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOn(options.ListenAny, options.HttpPort));
        builder.Services.AddMetricsEndpoint();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(70));

        var app = builder.Build();
        app.MapHealth(options.HttpPort, services => services.GetRequiredService<ISiloStatusOracle>().CurrentStatus == SiloStatus.Active
            ? []
            : ["the silo is not active"]);
        app.Lifetime.ApplicationStarted.Register(() =>
            LogMember(app.Logger, options.Port, options.GatewayPort, options.HttpPort));
        return app;
    }

    private static ListeningPort[] Ports(IConfiguration configuration, SiloOptions options) =>
    [
        new("silo", options.Port, options.ListenAny),
        new("silo's gateway", options.GatewayPort, options.ListenAny),
        .. configuration.RedisConnection() is null
            ? GatewayHosting.Ports(configuration)
            : [new("silo's HTTP", options.HttpPort, options.ListenAny)],
    ];

    private static void MovePorts(SiloOptions options, int shift)
    {
        options.Port += shift;
        options.GatewayPort += shift;
        options.HttpPort += shift;
    }

    private static void ConfigureEndpoints(ISiloBuilder silo, SiloOptions options)
    {
        silo.ConfigureEndpoints(Advertised(options), options.Port, options.GatewayPort, options.ListenAny);
        if (!options.ListenAny)
            return;
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.SiloListeningEndpoint = new IPEndPoint(Addresses.Any, options.Port);
            endpoints.GatewayListeningEndpoint = new IPEndPoint(Addresses.Any, options.GatewayPort);
        });
    }

    private static SiloOptions Options(IConfiguration configuration)
    {
        var options = configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(
            options, new ValidationContext(options), problems, validateAllProperties: true))
            throw new StartupException(
                $"{SiloOptions.Section}: {string.Join(" ", problems.Select(p => p.ErrorMessage))}");
        if (options.Roles.FirstOrDefault(role => !Roles.All.Contains(role)) is { } unknown)
            throw new StartupException($"Silo:Roles has '{unknown}'; there are: {string.Join(", ", Roles.All)}.");
        return options;
    }

    private static IPAddress Advertised(SiloOptions options)
    {
        if (string.IsNullOrEmpty(options.AdvertisedIp))
            return options.ListenAny ? OwnAddress() : IPAddress.Loopback;
        return IPAddress.TryParse(options.AdvertisedIp, out var address)
            ? address
            : throw new StartupException($"Silo:AdvertisedIp '{options.AdvertisedIp}' is no IP address.");
    }

    /// <summary>This machine's own address, of IPv4 if it has one.</summary>
    private static IPAddress OwnAddress() => Dns.GetHostAddresses(Dns.GetHostName())
        .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
        .OrderByDescending(address => address.AddressFamily == AddressFamily.InterNetwork)
        .FirstOrDefault(IPAddress.Loopback);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Ready. One process with silo, gateway and store: {Addresses}")]
    private static partial void LogSingle(ILogger logger, string addresses);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Ready. Silo on port {Port}, for gateways on {GatewayPort}, health on {HttpPort}")]
    private static partial void LogMember(ILogger logger, int port, int gatewayPort, int httpPort);
}
