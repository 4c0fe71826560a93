using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace GameBackend.Accounts.Testing;

/// <summary>Where a write breaks: nothing was stored, or it was stored and the answer was lost.</summary>
public enum WriteFault
{
    Before,
    After,
}

/// <summary>
/// Grain storage in memory that keeps serialized copies, checks etags, and breaks when a test tells it to.
/// </summary>
public sealed class TestStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Id), (byte[] Bytes, string Etag)> _saved = new();
    private Func<string, object, WriteFault?>? _breaks;

    /// <summary>The silo's.</summary>
    public Serializer? Serializer { get; set; }

    /// <summary>Awaited with the state's value in the middle of each write.</summary>
    public Func<object, Task>? DuringWrite { get; set; }

    /// <summary>Asked with the state's name and value before each write. The first fault is dealt once.</summary>
    public void BreakOnce(Func<string, object, WriteFault?> breaks) => Volatile.Write(ref _breaks, breaks);

    public void Heal() => Volatile.Write(ref _breaks, null);

    public IEnumerable<T> All<T>(string stateName) => _saved
        .Where(each => each.Key.Name == stateName)
        .Select(each => Serializer!.Deserialize<T>(each.Value.Bytes)!);

    public T? Find<T>(string stateName, GrainId id) =>
        _saved.TryGetValue((stateName, id), out var saved) ? Serializer!.Deserialize<T>(saved.Bytes) : default;

    public void Put<T>(string stateName, GrainId id, T state) =>
        _saved[(stateName, id)] = (Serializer!.SerializeToArray(state), Guid.NewGuid().ToString());

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_saved.TryGetValue((stateName, grainId), out var saved))
        {
            grainState.State = Serializer!.Deserialize<T>(saved.Bytes)!;
            grainState.ETag = saved.Etag;
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // As with a real store, the writer's turn ends here.
        await Task.Yield();
        if (DuringWrite is { } act)
            await act(grainState.State!);
        var fault = Fault(stateName, grainState.State!);
        if (fault == WriteFault.Before)
            throw new IOException("The write broke before it was stored.");

        var key = (stateName, grainId);
        var etag = _saved.TryGetValue(key, out var saved) ? saved.Etag : null;
        if (etag != grainState.ETag)
            throw new InconsistentStateException("Another has written.", etag, grainState.ETag);

        var next = Guid.NewGuid().ToString();
        _saved[key] = (Serializer!.SerializeToArray(grainState.State), next);
        if (fault == WriteFault.After)
            throw new IOException("The write broke after it was stored.");

        grainState.ETag = next;
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _saved.TryRemove((stateName, grainId), out _);
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private WriteFault? Fault(string stateName, object state)
    {
        var fault = Volatile.Read(ref _breaks)?.Invoke(stateName, state);
        if (fault is not null)
            Heal();
        return fault;
    }
}
