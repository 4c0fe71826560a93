using System.Collections.Frozen;
using System.Reflection;
using Orleans.Core.Internal;

namespace GameBackend.Grains.Cluster;

/// <summary>Moves active grains off a silo. Calls to them wait for the moment that it takes, and none fails.</summary>
public sealed class GrainMoves(IGrainFactory grains)
{
    private const int AtOnce = 32;

    /// <summary>The role that the silo of each type of grain must carry.</summary>
    private static readonly FrozenDictionary<GrainType, string> RoleOfType = typeof(GrainMoves).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<RoleAttribute>() is not null)
        .ToFrozenDictionary(
            type => GrainType.Create(Name(type)), type => type.GetCustomAttribute<RoleAttribute>()!.Role);

    /// <summary>The class of each type of grain that has a role, as Orleans' statistics name it.</summary>
    private static readonly FrozenDictionary<string, string> ClassOfType = typeof(GrainMoves).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<RoleAttribute>() is not null)
        .ToFrozenDictionary(Name, type => $"{type.FullName},{type.Assembly.GetName().Name}");

    private IManagementGrain Management => grains.GetGrain<IManagementGrain>(0);

    /// <summary>How many grains of a type are active on each silo.</summary>
    public async Task<Dictionary<SiloAddress, int>> Count(string type, IEnumerable<SiloAddress> silos)
    {
        var counts = silos.ToDictionary(silo => silo, _ => 0);
        foreach (var each in await Management.GetSimpleGrainStatistics([.. counts.Keys]))
        {
            if (each.GrainType == ClassOfType[type] && counts.ContainsKey(each.SiloAddress))
                counts[each.SiloAddress] += each.ActivationCount;
        }

        return counts;
    }

    /// <summary>Grains of a type that are active on a silo.</summary>
    public async Task<IReadOnlyList<GrainId>> On(SiloAddress silo, string type) =>
        [.. (await Management.GetDetailedGrainStatistics([ClassOfType[type]], [silo])).Select(each => each.GrainId)];

    /// <summary>Grains of some roles that are active on a silo; one that is just starting may be left out.</summary>
    public async Task<IReadOnlyList<GrainId>> On(SiloAddress silo, IReadOnlySet<string> roles) =>
    [
        .. (await Management.GetDetailedGrainStatistics(null, [silo])).Select(each => each.GrainId)
            .Where(id => RoleOfType.TryGetValue(id.Type, out var role) && roles.Contains(role)),
    ];

    /// <summary>
    /// Ends activations once they are idle. The next call to each places it anew, and calls that wait go with it.
    /// Orleans' own migration is not used for many: it activates a batch at the other end before it lets any of it go,
    /// so that two grains of a batch that call each other on activation wait for each other until they time out.
    /// </summary>
    /// <returns>How many were told.</returns>
    public async Task<int> Release(IEnumerable<GrainId> ids)
    {
        var told = 0;
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, cancelled) =>
        {
            try
            {
                await grains.GetGrain(id).Cast<IGrainManagementExtension>().DeactivateOnIdle(cancelled);
                Interlocked.Increment(ref told);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // It stays where it is, and is found there the next time.
            }
        });
        return told;
    }

    /// <summary>
    /// Migrates one grain and waits until it has gone. Unlike one that was released, it is somewhere else at once, so
    /// that whoever still looks for it here is led there; Orleans starts again whatever is called where it was.
    /// </summary>
    public async Task Migrate(GrainId id, SiloAddress from)
    {
        try
        {
            await grains.GetGrain(id).Cast<IGrainManagementExtension>().MigrateOnIdle();
            for (var look = 0; look < 20 && (await On(from, id.Type.ToString()!)).Contains(id); look++)
                await Task.Delay(10);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It stays where it is, and is found there the next time.
        }
    }

    private static string Name(Type type) => type.GetCustomAttributesData()
        .First(attribute =>
            attribute.AttributeType == typeof(GrainTypeAttribute)).ConstructorArguments[0].Value!.ToString()!;
}
