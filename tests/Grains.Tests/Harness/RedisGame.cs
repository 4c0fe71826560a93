using System.Collections.Concurrent;
using GameBackend.Gateway.Hosting;
using GameBackend.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.TestingHost;
using StackExchange.Redis;

namespace GameBackend.Grains.Tests;

/// <summary>Two silos on a Redis of their own, wired as in the product: membership, directory, storage, reminders, lanes.</summary>
public sealed class RedisGame : GameHost
{
    private static readonly ConcurrentDictionary<string, RedisGame> Running = new();

    private readonly RedisServer _redis = new();
    private readonly ConcurrentBag<IConnectionMultiplexer> _connections = [];
    private readonly string _id = $"test-{Guid.NewGuid():N}";

    public TestCluster Cluster { get; private set; } = null!;

    public override IClusterClient Client => (IClusterClient)Cluster.Client;

    public override IServiceProvider Silo => ServicesOf(Cluster.Silos[0]);

    public static IServiceProvider ServicesOf(SiloHandle silo) => ((InProcessSiloHandle)silo).ServiceProvider;

    public SiloHandle SiloOf(SiloAddress address) => Cluster.Silos.Single(silo => silo.SiloAddress.Equals(address));

    /// <summary>Ends the silo on which a grain is, without a goodbye. The others take it for dead after a few seconds.</summary>
    public async Task KillSiloOf(IAddressable grain) => await Cluster.KillSiloAsync(SiloOf((await Whereabouts(grain))!));

    public override async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        Running[_id] = this;
        var builder = new TestClusterBuilder(2);
        builder.Options.ServiceId = builder.Options.ClusterId = _id;
        builder.Options.UseTestClusterMembership = false;
        builder.Options.ConfigureFileLogging = false;
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
        ((ISiloStatusOracle)ServicesOf(silo).GetService(typeof(ISiloStatusOracle))!).GetApproximateSiloStatuses(true).Count == 2;

    private IConnectionMultiplexer Connect()
    {
        var connection = ClusterSettings.ConnectRedis(_redis.ConnectionString);
        _connections.Add(connection);
        return connection;
    }

    private sealed class SiloWiring : IHostConfigurator
    {
        public void Configure(IHostBuilder hostBuilder) => hostBuilder.UseOrleans((context, silo) =>
        {
            var game = Running[context.Configuration[nameof(RedisGame)]!];
            silo.AddCluster(game.Connect());
            silo.Tune(new Silo.SiloOptions());
            game.World.AddTo(silo);
        });
    }

    private sealed class ClientWiring : IClientBuilderConfigurator
    {
        public void Configure(IConfiguration configuration, IClientBuilder clientBuilder)
        {
            var game = Running[configuration[nameof(RedisGame)]!];
            var redis = game.Connect();
            clientBuilder.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = new ConfigurationOptions();
                options.CreateMultiplexer = _ => Task.FromResult((redis, true));
            });
            clientBuilder.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
            clientBuilder.Configure<Orleans.Configuration.GatewayOptions>(
                gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
            clientBuilder.AddLaneListening();
        }
    }
}

/// <summary>For the tests that may share one cluster, one after the other.</summary>
[CollectionDefinition(nameof(RedisGame))]
public sealed class RedisGameTests : ICollectionFixture<RedisGame>;
