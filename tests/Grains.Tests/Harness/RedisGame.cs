using System.Collections.Concurrent;
using System.Text.Json;
using GameBackend.Gateway.Hosting;
using GameBackend.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using StackExchange.Redis;

namespace GameBackend.Grains.Tests;

/// <summary>
/// Two silos on a Redis of their own, wired as in the product: membership, directory, storage, reminders, lanes.
/// </summary>
public sealed class RedisGame : GameHost
{
    private const short Silos = 2;
    private static readonly ConcurrentDictionary<string, RedisGame> Running = new();

    private readonly RedisServer _redis = new();
    private readonly List<IConnectionMultiplexer> _connections = [];
    private readonly ConcurrentQueue<IConnectionMultiplexer> _unused = new();
    private readonly string _id = $"test-{Guid.NewGuid():N}";

    public TestCluster Cluster { get; private set; } = null!;

    public override IClusterClient Client => (IClusterClient)Cluster.Client;

    public override IServiceProvider Silo => ServicesOf(Cluster.Silos[0]);

    public static IServiceProvider ServicesOf(SiloHandle silo) => ((InProcessSiloHandle)silo).ServiceProvider;

    public SiloHandle SiloOf(SiloAddress address) => Cluster.Silos.Single(silo => silo.SiloAddress.Equals(address));

    /// <summary>
    /// Ends the silo on which a grain is, without a goodbye. The others take it for dead after a few seconds.
    /// </summary>
    public async Task KillSiloOf(IAddressable grain) =>
        await Cluster.KillSiloAsync(SiloOf((await Whereabouts(grain))!));

    public override async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        Running[_id] = this;
        for (var i = 0; i < Silos + 1; i++)
            _unused.Enqueue(await Connect());
        var builder = new TestClusterBuilder(Silos) { PortAllocator = new FreePorts() };
        builder.Options.ServiceId = builder.Options.ClusterId = _id;
        builder.Options.UseTestClusterMembership = false;
        builder.Options.ConfigureFileLogging = false;
        builder.Options.ConnectionTransport = ConnectionTransportType.TcpSocket;
        builder.Properties[nameof(RedisGame)] = _id;
        builder.AddSiloBuilderConfigurator<SiloWiring>();
        builder.AddClientBuilderConfigurator<ClientWiring>();
        Cluster = builder.Build();
        await Cluster.DeployAsync();
        await Wait.Until(() => Cluster.Silos.All(SeesBoth), "both silos see both");
    }

    public override async Task DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
        Running.TryRemove(_id, out _);
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private static bool SeesBoth(SiloHandle silo) =>
        ((ISiloStatusOracle)ServicesOf(silo).GetService(typeof(ISiloStatusOracle))!)
        .GetApproximateSiloStatuses(true).Count == Silos;

    /// <summary>The silos on which grains of a type, or of all, are by the directory.</summary>
    public async Task<SiloAddress[]> InDirectory(string type)
    {
        var redis = _connections[0];
        var silos = new List<SiloAddress>();
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: $"{_id}/directory/{type}*"))
        {
            if ((string?)await redis.GetDatabase().StringGetAsync(key) is { } entry)
                silos.Add(JsonSerializer.Deserialize<GrainAddress>(entry)!.SiloAddress!);
        }

        return [.. silos];
    }

    /// <summary>Another client of the cluster, as a second gateway is one.</summary>
    public async Task<IHost> StartClient()
    {
        var redis = await Connect();
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(static logging => logging.ClearProviders())
            .UseOrleansClient(client =>
            {
                client.Configure<ClusterOptions>(cluster => cluster.ServiceId = cluster.ClusterId = _id);
                ConfigureClient(client, redis);
            }).Build();
        await host.StartAsync();
        return host;
    }

    private async Task<IConnectionMultiplexer> Connect()
    {
        IConnectionMultiplexer? connection = null;
        await Wait.Until(async () => (connection = await TryConnect()) is not null, "Redis answers");
        _connections.Add(connection!);
        return connection!;
    }

    /// <summary>
    /// On a machine that has much to do, the first connection may take longer than the product waits.
    /// </summary>
    private async Task<IConnectionMultiplexer?> TryConnect()
    {
        IConnectionMultiplexer? connection = null;
        try
        {
            connection = ClusterSettings.ConnectRedis(_redis.ConnectionString);
            await connection.GetDatabase().StringSetAsync("probe", 1);
            return connection;
        }
        catch (Exception e) when (e is RedisException or StartupException)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            return null;
        }
    }

    private IConnectionMultiplexer TakeConnection() => _unused.TryDequeue(out var connection)
        ? connection
        : throw new InvalidOperationException("There is one connection for each silo, and one for the client.");

    private static void ConfigureClient(IClientBuilder client, IConnectionMultiplexer redis)
    {
        client.UseRedisClustering(options =>
        {
            options.ConfigurationOptions = new ConfigurationOptions();
            options.CreateMultiplexer = _ => Task.FromResult((redis, true));
        });
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        client.Configure<Orleans.Configuration.GatewayOptions>(
            gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
        client.AddLaneListening();
    }

    private sealed class SiloWiring : IHostConfigurator
    {
        public void Configure(IHostBuilder hostBuilder) => hostBuilder.UseOrleans((context, silo) =>
        {
            var game = Running[context.Configuration[nameof(RedisGame)]!];
            silo.AddCluster(game.TakeConnection());
            silo.Tune(new Silo.SiloOptions());
            game.World.AddTo(silo);
        });
    }

    private sealed class ClientWiring : IClientBuilderConfigurator
    {
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder) =>
            ConfigureClient(clientBuilder, Running[configuration[nameof(RedisGame)]!].TakeConnection());
    }
}

/// <summary>For the tests that may share one cluster, one after the other.</summary>
[CollectionDefinition(nameof(RedisGame))]
public sealed class RedisGameTests : ICollectionFixture<RedisGame>;
