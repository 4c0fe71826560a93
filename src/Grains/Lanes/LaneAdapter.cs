using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Streams;

namespace GameBackend.Grains.Lanes;

/// <summary>How many queues carry the lanes (configuration section <c>Lanes</c>). The same on every silo.</summary>
public sealed class LaneOptions
{
    public const string Section = "Lanes";

    /// <summary>Queues, spread over the silos.</summary>
    [Range(1, 256)] public int Queues { get; set; } = 8;
}

/// <summary>The queue adapter behind the lanes' stream provider.</summary>
public sealed class LaneAdapter : IQueueAdapter, IQueueAdapterFactory
{
    private readonly ILaneTransport _transport;
    private readonly LaneMetrics _metrics;
    private readonly HashRingBasedStreamQueueMapper _mapper;
    private readonly FrozenDictionary<QueueId, uint> _numbers;

    public LaneAdapter(ILaneTransport transport, LaneMetrics metrics, IOptions<LaneOptions> options)
    {
        (_transport, _metrics) = (transport, metrics);
        _mapper = new HashRingBasedStreamQueueMapper(
            new HashRingStreamQueueMapperOptions { TotalQueueCount = options.Value.Queues }, Lane.Provider);
        _numbers = _mapper.GetAllQueues().ToFrozenDictionary(queue => queue, queue => queue.GetNumericId());
    }

    public string Name => Lane.Provider;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    /// <summary>Publishes at once and never waits: a lane is allowed to lose.</summary>
    public Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token,
        Dictionary<string, object>? requestContext)
    {
        var queue = _numbers[_mapper.GetQueueForStream(streamId)];
        var lane = streamId.GetKeyAsString();
        foreach (var item in events)
            Publish(queue, lane, (LaneItem)(object)item!);
        return Task.CompletedTask;
    }

    /// <summary>The queue that carries a lane, for <see cref="Publish"/>.</summary>
    public uint QueueOf(string lane) => _numbers[_mapper.GetQueueForStream(Lane.Stream(lane))];

    /// <summary>
    /// Publishes an item as the stream of its lane would, without what a stream allocates for each. For whoever sends
    /// all the time.
    /// </summary>
    public void Publish(uint queue, string lane, LaneItem item)
    {
        _transport.Publish(queue, lane, item);
        _metrics.Published.Add(1);
    }

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) =>
        new LaneReceiver(_numbers[queueId], _transport, _metrics);

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => new LaneCache(_metrics);

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
}
