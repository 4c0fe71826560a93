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
        // Whatever says nothing else is placed where least is active.
        silo.Services.AddSingleton<PlacementStrategy, ActivationCountBasedPlacement>();
        silo.Services.AddSingleton<ActivationCounts>();
        silo.Services.AddHostedService(services => services.GetRequiredService<ActivationCounts>());
        silo.Services.AddNode(
            NodeTypes.Silo, "silo", NodePrefix, roles,
            services => (services.GetRequiredService<ActivationCounts>().Total, (int)ThreadPool.PendingWorkItemCount),
            services => new()
            {
                [SiloNode.Address] =
                    services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
            });
        silo.Services.AddOptions<SiloDrainOptions>()
            .BindConfiguration(SiloDrainOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddSingleton<GrainMoves>();
        silo.Services.AddSingleton<SiloDrain>();
        silo.Services.AddHostedService(services => services.GetRequiredService<SiloDrain>());
        silo.Services.AddSingleton<Balancer>();
        silo.Services.AddHostedService(services => services.GetRequiredService<Balancer>());
        return silo;
    }

    private static string NodePrefix(IServiceProvider services)
    {
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        return $"{cluster.ServiceId}:{cluster.ClusterId}";
    }
}
