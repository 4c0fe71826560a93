using GameBackend.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;

namespace GameBackend.Grains.Cluster;

public static class ClusterHosting
{
    /// <summary>Makes a silo a node of its cluster that carries roles, and places grains by them.</summary>
    public static ISiloBuilder AddRoles(this ISiloBuilder silo, IEnumerable<string> roles)
    {
        silo.Services.AddPlacementFilter<RolePlacement, RoleDirector>(ServiceLifetime.Transient);
        silo.Services.AddSingleton<ActivationCounts>();
        silo.Services.AddHostedService(services => services.GetRequiredService<ActivationCounts>());
        silo.Services.AddNode(
            NodeTypes.Silo, "silo", NodePrefix, roles,
            services => (services.GetRequiredService<ActivationCounts>().Total, 0));
        return silo;
    }

    private static string NodePrefix(IServiceProvider services)
    {
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        return $"{cluster.ServiceId}:{cluster.ClusterId}";
    }
}
