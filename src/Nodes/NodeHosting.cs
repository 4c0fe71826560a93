using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GameBackend.Nodes;

/// <summary>Makes a process a node.</summary>
public static class NodeHosting
{
    /// <summary>Adds directory, bus and calls. Redis is used if the container has a connection.</summary>
    /// <param name="type">What the process is: see <see cref="NodeTypes"/>.</param>
    /// <param name="kind">The word for that.</param>
    /// <param name="prefix">Keys of this cluster in Redis begin with it.</param>
    /// <param name="load">Sessions or activations, and what waits, now.</param>
    /// <param name="metadata">What the others are told from the first moment on, besides what the options have.</param>
    public static IServiceCollection AddNode(
        this IServiceCollection services, int type, string kind, Func<IServiceProvider, string> prefix,
        IEnumerable<string> roles,
        Func<IServiceProvider, (int Items, int Queue)> load,
        Func<IServiceProvider, Dictionary<string, string>>? metadata = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<NodeOptions>().BindConfiguration(NodeOptions.Section)
            // Processes that were numbered on one machine have these numbers as nodes too.
            .PostConfigure<IConfiguration>((options, configuration) =>
            {
                if (options.Number == 0 && int.TryParse(configuration["instance"], out var instance))
                    options.Number = instance;
            })
            .ValidateDataAnnotations()
            .Validate(
                options => options.AllowedAddresses.All(text => NodeAddress.TryParse(text, out _)),
                "Node:AllowedAddresses has an entry that is no address; one is written cluster.type.number.")
            // One that is late once is not gone.
            .Validate(
                options => options.Lease >= 2 * options.Heartbeat,
                "Node:Lease must be at least twice as long as Node:Heartbeat.")
            .ValidateOnStart();
        services.AddSingleton<INodeNetwork>(provider => provider.GetService<IConnectionMultiplexer>() is { } redis
            ? new RedisNodeNetwork(redis, prefix(provider))
            : new LocalNodeNetwork(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new NodeSelf(
            provider.GetRequiredService<IOptions<NodeOptions>>(), provider.GetRequiredService<TimeProvider>(), type,
            kind,
            roles, metadata?.Invoke(provider) ?? [], () => load(provider)));
        services.AddSingleton(provider => new NodeDirectory(
            provider.GetRequiredService<NodeSelf>(), provider.GetRequiredService<INodeNetwork>(),
            provider.GetRequiredService<IOptions<NodeOptions>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<NodeDirectory>>()));
        services.AddSingleton(provider => new NodeBus(
            provider.GetRequiredService<NodeDirectory>(), provider.GetRequiredService<NodeSelf>(),
            provider.GetRequiredService<INodeNetwork>(), provider.GetRequiredService<IOptions<NodeOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<NodeBus>>()));
        services.AddSingleton(provider => new NodeCalls(
            provider.GetRequiredService<NodeDirectory>(), provider.GetRequiredService<NodeBus>(),
            provider.GetRequiredService<IOptions<NodeOptions>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<NodeCalls>>()));
        services.AddHostedService<NodeLifetime>();
        return services;
    }

    /// <summary>
    /// Makes a node that was added before a harbor, which leads to the zones of other harbors in a network of theirs.
    /// </summary>
    /// <param name="redis">What carries that network; the zone's own Redis or another.</param>
    /// <param name="prefix">Keys of the harbors' network begin with it, the same for all zones.</param>
    /// <param name="zone">What tells this zone from others, whatever their numbers.</param>
    public static IServiceCollection AddHarbor(
        this IServiceCollection services, Func<IServiceProvider, IConnectionMultiplexer> redis, string prefix,
        string zone)
    {
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<NodeOptions>>();
            var time = provider.GetRequiredService<TimeProvider>();
            var network = new RedisNodeNetwork(redis(provider), prefix);
            var self = new NodeSelf(options, time, NodeTypes.Harbor, "harbor", [], [], () => (0, 0));
            var directory = new NodeDirectory(
                self, network, options, time, provider.GetRequiredService<ILogger<NodeDirectory>>());
            var bus = new NodeBus(
                directory, self, network, options, time, provider.GetRequiredService<ILogger<NodeBus>>());
            return new HarborRelay(
                new HarborSide(
                    provider.GetRequiredService<NodeSelf>(), provider.GetRequiredService<NodeDirectory>(),
                    provider.GetRequiredService<NodeBus>()),
                new HarborSide(self, directory, bus), zone, options, time,
                provider.GetRequiredService<ILogger<HarborRelay>>());
        });
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HarborRelay>());
        return services;
    }
}
