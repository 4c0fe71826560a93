using GameBackend.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;
using Orleans.Storage;

namespace GameBackend.Grains.Tests;

/// <summary>A running backend without a gateway: a cluster on Redis, or one silo on the embedded store.</summary>
public abstract class GameHost : IAsyncLifetime
{
    public GameWorld World { get; init; } = new();

    public abstract IClusterClient Client { get; }

    /// <summary>Of a silo that runs.</summary>
    public abstract IServiceProvider Silo { get; }

    public ILogStore Logs => Silo.GetRequiredService<ILogStore>();

    public Faults Faults => World.Faults;

    private IGrainStorage Storage => Silo.GetRequiredKeyedService<IGrainStorage>("Default");

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>Ends an activation. The next call finds what storage holds.</summary>
    public static async Task Deactivate(IAddressable grain) =>
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    /// <summary>The record of a grain as it is stored, read without waking the grain.</summary>
    public async Task<T> Stored<T>(string stateName, IAddressable grain) where T : new()
    {
        var state = new GrainState<T>(new T());
        await Storage.ReadStateAsync(stateName, grain.GetGrainId(), state);
        return state.State ?? throw new InvalidDataException($"{stateName} of {grain.GetGrainId()} is null.");
    }

    /// <summary>Stores a record for a grain that has none yet.</summary>
    public Task Store<T>(string stateName, IAddressable grain, T record) =>
        Storage.WriteStateAsync(stateName, grain.GetGrainId(), new GrainState<T>(record));

    public async Task<SiloAddress?> Whereabouts(IAddressable grain) =>
        await Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);

    /// <summary>Whether the grain is nowhere in memory.</summary>
    public async Task<bool> IsAsleep(IAddressable grain)
    {
        var awake = await Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return awake.All(each => each.GrainId != grain.GetGrainId());
    }

    /// <summary>Moves an activation to another silo, with its state in memory.</summary>
    public static async Task Move(IAddressable grain, SiloAddress to)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
        await grain.AsReference<IGrainManagementExtension>().MigrateOnIdle();
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
    }
}
