namespace GameBackend.Grains.Lanes;

/// <summary>
/// Carries lane items from any silo to the silo that serves their queue. May lose items, and never blocks.
/// </summary>
public interface ILaneTransport
{
    /// <summary>Sends an item towards a queue's receiver, if there is one now.</summary>
    void Publish(uint queue, string lane, LaneItem item);

    /// <summary>Hands what arrives for a queue to <paramref name="receive"/> until the result is disposed.</summary>
    Task<IAsyncDisposable> Subscribe(uint queue, Action<LanePacket> receive);
}

/// <param name="Lane">The lane's name; see <see cref="Interfaces.Lane"/>.</param>
[GenerateSerializer, Immutable, Alias("gb.LanePacket")]
public readonly record struct LanePacket([property: Id(0)] string Lane, [property: Id(1)] LaneItem Item);
