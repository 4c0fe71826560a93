using System.Collections.Concurrent;
using System.Diagnostics;
using GameBackend.Grains.Interfaces;
using Orleans.Streams;

namespace GameBackend.Grains.Tests;

/// <summary>Listens on a lane, as a gateway does.</summary>
public sealed class LaneEar : IAsyncDisposable
{
    private readonly ConcurrentQueue<(LaneItem Item, long At)> _heard = new();
    private StreamSubscriptionHandle<LaneItem> _handle = null!;

    public required string Name { get; init; }

    /// <summary>Runs for each item before it counts as heard.</summary>
    public Func<LaneItem, Task> OnItem { get; set; } = _ => Task.CompletedTask;

    /// <summary>What has come, without probes.</summary>
    public LaneItem[] Items => [.. _heard.Select(each => each.Item).Where(item => item.PlayerId != 0)];

    /// <summary>The snapshots of battles that have come.</summary>
    public BattleFrame[] Frames => [.. _heard.Select(each => each.Item.Battle).OfType<BattleFrame>()];

    /// <summary>Subscribes to a lane of a new gateway and waits until it works.</summary>
    public static Task<LaneEar> Listen(GameHost game, int lane = 0) =>
        Listen(game, Lane.Name(Guid.NewGuid(), lane), game.Client);

    /// <summary>Subscribes to a lane as a gateway of its own.</summary>
    public static async Task<LaneEar> Listen(GameHost game, string name, IClusterClient gateway)
    {
        var ear = new LaneEar { Name = name };
        ear._handle = await gateway.GetStreamProvider(Lane.Provider)
            .GetStream<LaneItem>(Lane.Stream(ear.Name))
            .SubscribeAsync((item, _) => ear.Hear(item));
        await ear.Probe(game);
        return ear;
    }

    /// <summary>Probes the lane until a probe comes through.</summary>
    public async Task Probe(GameHost game, int seconds = 10)
    {
        var token = Random.Shared.NextInt64(long.MaxValue);
        await Wait.Until(
            async () =>
            {
                await Wait.UntilClear(async () =>
                {
                    await game.Client.GetGrain<ILaneProbeGrain>(0).Probe(Name, token);
                    return true;
                });
                return _heard.Any(each => each.Item.PlayerId == 0 && each.Item.Epoch == (ulong)token);
            },
            "a probe comes through", seconds);
    }

    public Task<LaneItem> Next(long playerId, ulong seq) => Next(item => item.PlayerId == playerId && item.Seq == seq);

    public async Task<LaneItem> Next(Func<LaneItem, bool> which)
    {
        await Wait.Until(() => Items.Any(which), "the item comes down the lane");
        return Items.First(which);
    }

    /// <summary>When an item came, as a timestamp of <see cref="Stopwatch"/>; null if it has not.</summary>
    public long? When(long playerId, ulong seq) => _heard
        .Where(each => each.Item.PlayerId == playerId && each.Item.Seq == seq)
        .Select(each => (long?)each.At).FirstOrDefault();

    public async ValueTask DisposeAsync() => await _handle.UnsubscribeAsync();

    private async Task Hear(LaneItem item)
    {
        var at = Stopwatch.GetTimestamp();
        await OnItem(item);
        _heard.Enqueue((item, at));
    }
}

public static class LaneListeningExtensions
{
    /// <summary>The lanes' stream provider of a client, which listens only.</summary>
    public static void AddLaneListening(this IClientBuilder client) =>
        client.AddPersistentStreams(Lane.Provider, (_, _) => new Listening(), lanes =>
            lanes.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly));

    private sealed class Listening : IQueueAdapter, IQueueAdapterFactory
    {
        public string Name => Lane.Provider;

        public bool IsRewindable => false;

        public StreamProviderDirection Direction => StreamProviderDirection.ReadOnly;

        public Task QueueMessageBatchAsync<T>(
            StreamId streamId,
            IEnumerable<T> events,
            StreamSequenceToken? token,
            Dictionary<string, object>? requestContext) =>
            throw new NotSupportedException();

        public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => throw new NotSupportedException();

        public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

        public IQueueAdapterCache GetQueueAdapterCache() => throw new NotSupportedException();

        public IStreamQueueMapper GetStreamQueueMapper() => throw new NotSupportedException();

        public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
            Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
    }
}
