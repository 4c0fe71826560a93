using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using StackExchange.Redis;

namespace GameBackend.Grains.Lanes;

/// <summary>
/// Lanes of a cluster, over Redis publish/subscribe: one channel a queue, nothing stored. What is published while
/// nobody listens is lost, as lanes may.
/// </summary>
public sealed class RedisLaneTransport(
    IConnectionMultiplexer redis,
    Serializer<LanePacket> serializer,
    IOptions<ClusterOptions> cluster) : ILaneTransport
{
    private readonly ISubscriber _subscriber = redis.GetSubscriber();

    public void Publish(uint queue, string lane, LaneItem item) =>
        _subscriber.PublishAsync(
            Channel(queue),
            serializer.SerializeToArray(new LanePacket(lane, item)),
            CommandFlags.FireAndForget).Ignore();

    public async Task<IAsyncDisposable> Subscribe(uint queue, Action<LanePacket> receive)
    {
        var messages = await _subscriber.SubscribeAsync(Channel(queue));
        messages.OnMessage(message => receive(serializer.Deserialize((byte[])message.Message!)));
        return new Subscription(messages);
    }

    private RedisChannel Channel(uint queue) => RedisChannel.Literal($"{cluster.Value.ServiceId}:lane:{queue}");

    private sealed class Subscription(ChannelMessageQueue messages) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await messages.UnsubscribeAsync();
    }
}
