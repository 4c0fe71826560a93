using System.Globalization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Grain state in the embedded store. The etag is the stored version. Clearing removes the record, and because no two
/// writes share a version, an etag from before it can never fit again.
/// </summary>
public sealed class EmbeddedGrainStorage(
    EmbeddedStore store, IGrainStorageSerializer serializer, IActivatorProvider activators) : IGrainStorage
{
    private const string Table = "state";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (await store.Get(Table, Key(stateName, grainId)).ConfigureAwait(false) is not { } stored)
        {
            Clear(grainState);
            return;
        }

        grainState.State = serializer.Deserialize<T>(stored.Value);
        grainState.ETag = Etag(stored.Version);
        grainState.RecordExists = true;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            var value = serializer.Serialize(grainState.State);
            var version = await store.Put(Table, Key(stateName, grainId), value, Version(grainState.ETag))
                .ConfigureAwait(false);
            grainState.ETag = Etag(version);
            grainState.RecordExists = true;
        }
        catch (VersionConflictException conflict)
        {
            throw Inconsistent(conflict, grainState.ETag);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await store.Remove(Table, Key(stateName, grainId), Version(grainState.ETag)).ConfigureAwait(false);
            Clear(grainState);
        }
        catch (VersionConflictException conflict)
        {
            throw Inconsistent(conflict, grainState.ETag);
        }
    }

    private void Clear<T>(IGrainState<T> grainState)
    {
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static string Key(string stateName, GrainId grainId) => $"{grainId}/{stateName}";

    private static string Etag(ulong version) => version.ToString(CultureInfo.InvariantCulture);

    // No version is as high as the one that stands for an etag of another store, which so fits nothing.
    private static ulong Version(string? etag) =>
        string.IsNullOrEmpty(etag) ? 0
        : ulong.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : ulong.MaxValue;

    private static InconsistentStateException Inconsistent(VersionConflictException conflict, string? etag) =>
        new(conflict.Message, conflict.Stored == 0 ? null : Etag(conflict.Stored), etag, conflict);
}
