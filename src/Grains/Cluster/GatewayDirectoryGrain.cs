namespace GameBackend.Grains.Cluster;

/// <summary>
/// Remembers gateways for as long as they renew. Keeps nothing: after a silo is lost, the gateways' next
/// announcements, at most a second later, fill it again.
/// </summary>
[GrainType("gateway-directory")]
public sealed class GatewayDirectoryGrain(TimeProvider time) : Grain, IGatewayDirectoryGrain
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Guid, (GatewayEntry Entry, DateTimeOffset Until)> _entries = [];

    public Task<GatewayEntry[]> Announce(GatewayEntry entry)
    {
        _entries[entry.Id] = (entry, time.GetUtcNow() + Lease);
        return List();
    }

    public Task Withdraw(Guid id)
    {
        _entries.Remove(id);
        return Task.CompletedTask;
    }

    public Task<GatewayEntry[]> List()
    {
        var now = time.GetUtcNow();
        foreach (var (id, (_, until)) in _entries)
        {
            if (until <= now)
                _entries.Remove(id);
        }

        return Task.FromResult(_entries.Values.Select(lease => lease.Entry).ToArray());
    }
}
