using GameBackend.Grains.Storage;
using Orleans.Storage;

namespace GameBackend.Grains.Tests;

/// <summary>The grain storage of a silo, broken on demand.</summary>
public sealed class FaultyGrainStorage(IGrainStorage inner, Faults faults)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        faults.At($"read:{Key(stateName, grainId)}", () => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        faults.At($"write:{Key(stateName, grainId)}", () => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        faults.At($"clear:{Key(stateName, grainId)}", () => inner.ClearStateAsync(stateName, grainId, grainState));

    public void Participate(ISiloLifecycle observer) =>
        (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);

    private static string Key(string stateName, GrainId grainId) =>
        GrainIdKeyExtensions.TryGetIntegerKey(grainId, out var key, out _)
            ? $"{stateName}/{key}"
            : $"{stateName}/{grainId.Key}";
}

/// <summary>The log store of a silo, broken on demand.</summary>
public sealed class FaultyLogStore(ILogStore inner, Faults faults) : ILogStore
{
    public Task<LogBounds> Open(string log) => faults.At($"open:{log}", () => inner.Open(log));

    public Task<LogAppend> Append(string log, ulong seq, string messageId, ReadOnlyMemory<byte> item) =>
        faults.At($"append:{log}", () => inner.Append(log, seq, messageId, item));

    public Task<IReadOnlyList<LogEntry>> Read(string log, ulong fromSeq, int max) =>
        faults.At($"get:{log}", () => inner.Read(log, fromSeq, max));

    public Task Trim(string log, ulong throughSeq) => faults.At($"trim:{log}", () => inner.Trim(log, throughSeq));

    public Task<LogAppend> Replace(string log, ulong seq, ReadOnlyMemory<byte> item) =>
        faults.At($"replace:{log}", () => inner.Replace(log, seq, item));

    public Task Delete(string log) => faults.At($"delete:{log}", () => inner.Delete(log));
}
