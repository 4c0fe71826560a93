using Orleans.Streams;

namespace GameBackend.Gateway.Lanes;

/// <summary>
/// The lanes' stream provider of a gateway that is a cluster's client: it listens and never publishes.
/// </summary>
internal sealed class LaneListening : IQueueAdapter, IQueueAdapterFactory
{
    public string Name => Lane.Provider;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadOnly;

    public Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token,
        Dictionary<string, object>? requestContext) =>
        throw new NotSupportedException("A gateway only listens on lanes.");

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) =>
        throw new NotSupportedException("Queues are served by silos.");

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => throw new NotSupportedException("Queues are served by silos.");

    public IStreamQueueMapper GetStreamQueueMapper() => throw new NotSupportedException("Queues are served by silos.");

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
}
