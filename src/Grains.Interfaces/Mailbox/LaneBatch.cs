using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace GameBackend.Grains.Interfaces;

/// <summary>
/// Items of one lane that are delivered in one call. Lies here because gateways must be able to read it.
/// </summary>
[GenerateSerializer, Immutable, Alias("gb.LaneBatch")]
public sealed class LaneBatch(StreamId streamId, LaneItem[] items, long sequence) : IBatchContainer
{
    [Id(0)] private readonly StreamId _streamId = streamId;
    [Id(1)] private readonly LaneItem[] _items = items;
    [Id(2)] private readonly long _sequence = sequence;

    public StreamId StreamId => _streamId;

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(_sequence);

    public int Count => _items.Length;

    /// <summary>This batch and one that came after it.</summary>
    public LaneBatch Join(LaneBatch later) => new(_streamId, [.. _items, .. later._items], later._sequence);

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        for (var i = 0; i < _items.Length; i++)
        {
            yield return Tuple.Create<T, StreamSequenceToken>(
                (T)(object)_items[i], new EventSequenceTokenV2(_sequence, i));
        }
    }

    public bool ImportRequestContext() => false;
}
