using GameBackend.Nodes;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace GameBackend.Grains.Cluster;

/// <summary>Answers from the node directory which silos carry a role. No look-up leaves the process.</summary>
internal sealed class RoleDirector(NodeDirectory nodes) : IPlacementFilterDirector
{
    /// <exception cref="RoleUnavailableException">Nobody carries the role.</exception>
    public IEnumerable<SiloAddress> Filter(
        PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var role = ((RolePlacement)filterStrategy).Role;
        var carriers = new Dictionary<string, bool>();
        foreach (var node in nodes.All)
        {
            if (node.Carries(role) && node.Metadata.TryGetValue(SiloNode.Address, out var address))
                carriers[address] = node.Available;
        }

        var able = silos.Where(silo => carriers.ContainsKey(silo.ToParsableString())).ToArray();
        var available = able.Where(silo => carriers[silo.ToParsableString()]).ToArray();
        return available.Length > 0 ? available
            : able.Length > 0 ? able
            : throw new RoleUnavailableException(role);
    }
}
