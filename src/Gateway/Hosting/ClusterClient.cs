using GameBackend.Gateway.Lanes;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Streams;
using Serilog;
using StackExchange.Redis;

namespace GameBackend.Gateway.Hosting;

/// <summary>A gateway process as a client of a cluster.</summary>
internal static class ClusterClient
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(500);

    public static void AddClusterClient(this WebApplicationBuilder builder, IConnectionMultiplexer redis)
    {
        builder.Services.AddSingleton(redis);
        builder.UseOrleansClient(client =>
        {
            if (builder.Configuration.IsTraced())
                client.AddActivityPropagation();
            client.Configure<ClusterOptions>(cluster => cluster.ApplyIds(builder.Configuration));
            client.AddOutgoingGrainCallFilter<NewerCalls>();
            client.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = new ConfigurationOptions();
                options.CreateMultiplexer = _ => Task.FromResult((redis, true));
            });
            // A silo that is gone or new is noticed within a few seconds.
            client.Configure<Orleans.Configuration.GatewayOptions>(gateways =>
                gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.Services.AddOptions<ClientMessagingOptions>().Configure<IOptions<GatewayOptions>>(
                (messaging, gateway) => messaging.ResponseTimeout = gateway.Value.CallTimeout);
            client.UseConnectionRetryFilter(WaitForSilos());
            client.AddPersistentStreams(Lane.Provider, (_, _) => new LaneListening(), lanes =>
                lanes.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly));
        });
    }

    /// <summary>A gateway may start before its silos.</summary>
    private static Func<Exception, CancellationToken, Task<bool>> WaitForSilos()
    {
        var told = false;
        return async (_, cancellation) =>
        {
            if (!told)
                Log.ForContext(typeof(ClusterClient)).Information("There is no silo yet; this gateway waits for one");
            told = true;
            await Task.Delay(RetryEvery, cancellation);
            return true;
        };
    }
}
