using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace GameBackend.Grains.Lanes;

public static class LaneHosting
{
    /// <summary>
    /// Adds the lanes' stream provider to a silo. Every silo has it, or its share of the queues goes unserved.
    /// </summary>
    public static ISiloBuilder AddLanes<TTransport>(this ISiloBuilder silo) where TTransport : class, ILaneTransport
    {
        silo.Services.AddSingleton<ILaneTransport, TTransport>();
        silo.Services.AddSingleton<LaneAdapter>();
        silo.Services.AddMeter<LaneMetrics>();
        silo.Services.AddOptions<LaneOptions>()
            .BindConfiguration(LaneOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        silo.AddPersistentStreams(Lane.Provider, (services, _) => services.GetRequiredService<LaneAdapter>(), lanes =>
        {
            lanes.ConfigurePullingAgent(options => options.Configure(agent =>
            {
                // The receiver waits for items itself; the timer only starts the next wait.
                agent.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(1);
                agent.MaxEventDeliveryTime = TimeSpan.FromSeconds(2);
                agent.StreamInactivityPeriod = TimeSpan.FromMinutes(5);
            }));
            lanes.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
        });
        return silo;
    }
}
