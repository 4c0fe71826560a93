using System.Collections.Immutable;
using GameBackend.Nodes;

namespace GameBackend.Grains.Chat;

/// <summary>
/// The lanes by which every gateway hears what is said, as this silo knows them. A gateway that is not listed for a
/// moment, since its heartbeat was late, is told for a while longer.
/// </summary>
public sealed class GatewayLanes(NodeDirectory nodes, TimeProvider time)
{
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _seen = [];
    private ImmutableArray<NodeInfo> _looked = [];
    private string[] _lanes = [];

    /// <summary>A lane of each gateway; worked out anew only after a heartbeat.</summary>
    public string[] Get()
    {
        var known = nodes.All;
        lock (_gate)
        {
            if (known == _looked)
                return _lanes;
            _looked = known;
            var now = time.GetTimestamp();
            foreach (var node in known)
            {
                if (node.Metadata.TryGetValue(GatewayNode.Id, out var id))
                    _seen[Lane.Name(Guid.Parse(id), 0)] = now;
            }

            foreach (var (lane, at) in _seen)
            {
                if (time.GetElapsedTime(at, now) > RememberFor)
                    _seen.Remove(lane);
            }

            return _lanes = [.. _seen.Keys];
        }
    }
}
