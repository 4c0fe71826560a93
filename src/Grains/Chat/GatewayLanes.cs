using GameBackend.Nodes;

namespace GameBackend.Grains.Chat;

/// <summary>
/// The lanes by which every gateway hears what is said, as this silo knows them. A gateway that is not listed for a moment,
/// since its heartbeat was late, is told for a while longer.
/// </summary>
public sealed class GatewayLanes(NodeDirectory nodes, TimeProvider time)
{
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _seen = [];

    /// <summary>A lane of each gateway.</summary>
    public string[] Get()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            foreach (var node in nodes.All)
            {
                if (node.Metadata.TryGetValue(GatewayNode.Id, out var id))
                    _seen[Lane.Name(Guid.Parse(id), 0)] = now;
            }

            foreach (var (lane, at) in _seen)
            {
                if (time.GetElapsedTime(at, now) > RememberFor)
                    _seen.Remove(lane);
            }

            return [.. _seen.Keys];
        }
    }
}
