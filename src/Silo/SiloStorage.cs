using GameBackend.Gateway.Hosting;
using GameBackend.Grains.Cluster;
using GameBackend.Grains.Interfaces;
using GameBackend.Grains.Lanes;
using GameBackend.Grains.Storage;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Silo;

/// <summary>Where a silo keeps data and finds others: on its own disk, or in Redis.</summary>
internal static class SiloStorage
{
    private static readonly string[] Providers = ["Default", "PubSubStore"];

    /// <summary>One process: nobody else, and everything in a directory.</summary>
    public static void AddEmbedded(this ISiloBuilder silo, IConfiguration configuration, SiloOptions options)
    {
        silo.UseLocalhostClustering(options.Port, options.GatewayPort);
        silo.Services.AddEmbeddedStorage(store =>
        {
            // Instances that were started side by side do not share their data.
            if (configuration.Instance() is > 1 and var instance)
                store.Directory += $"-{instance}";
            configuration.GetSection(EmbeddedStoreOptions.Section).Bind(store);
        });
        foreach (var provider in Providers)
            silo.AddEmbeddedGrainStorage(provider);
        silo.UseEmbeddedReminders();
        silo.AddLanes<LocalLaneTransport>();
    }

    /// <summary>
    /// A cluster: membership, grain directory, state, reminders, logs and lanes in Redis, over one connection.
    /// </summary>
    public static void AddCluster(this ISiloBuilder silo, IConnectionMultiplexer redis)
    {
        var shared = Task.FromResult((redis, true));
        silo.Services.AddSingleton(redis);
        silo.Services.AddRedisLogStore();
        silo.AddOutgoingGrainCallFilter<NewerCalls>();
        silo.UseProtobufState();
        silo.UseRedisClustering(options =>
        {
            options.ConfigurationOptions = new ConfigurationOptions();
            options.CreateMultiplexer = _ => shared;
        });
        // Entries in Redis outlive a silo: those of the others stay valid when one is lost, and their grains stay
        // active.
        silo.UseRedisGrainDirectoryAsDefault(options =>
        {
            options.ConfigurationOptions = new ConfigurationOptions();
            options.CreateMultiplexer = _ => shared;
        });
        silo.Services.AddHostedService<DirectorySweeper>();
        foreach (var provider in Providers)
        {
            silo.AddRedisGrainStorage(provider, options =>
            {
                options.ConfigurationOptions = new ConfigurationOptions();
                options.CreateMultiplexer = _ => shared;
                options.DeleteStateOnClear = true;
            });
        }

        silo.UseRedisReminderService(options =>
        {
            options.ConfigurationOptions = new ConfigurationOptions();
            options.CreateMultiplexer = _ => shared;
        });
        silo.AddLanes<RedisLaneTransport>();
    }

    /// <summary>Times of a game: a lost silo is out within about 3 s, and nobody waits 30 s for an answer.</summary>
    public static void Tune(this ISiloBuilder silo, SiloOptions options)
    {
        var callTimeout = TimeSpan.FromSeconds(5);
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = callTimeout;
            messaging.SystemResponseTimeout = callTimeout;
            messaging.ClientDropTimeout = TimeSpan.FromSeconds(10);
        });
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // From here Orleans follows how fast each silo answers, from half of it to four times it.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.NumMissedProbesLimit = 3;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        });
        silo.AddRoles(options.Roles.Length == 0 ? Roles.All : options.Roles);
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = options.IdleGrainAge;
            // Over 80% of the memory that the runtime may use, the longest idle grains go until it would be 75%.
            collection.EnableActivationSheddingOnMemoryPressure = true;
        });
    }
}
