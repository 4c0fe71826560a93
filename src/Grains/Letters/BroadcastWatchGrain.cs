namespace GameBackend.Grains.Letters;

/// <summary>Asks for the newest letter to all once in a while, for everybody on this silo.</summary>
[GrainType("broadcast-watch"), StatelessWorker(1)]
public sealed class BroadcastWatchGrain : Grain, IBroadcastWatchGrain
{
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(2);

    private Task<ulong>? _head;
    private long _askedAt;

    public Task<ulong> Head()
    {
        if (_head is null or { IsFaulted: true } or { IsCanceled: true }
            || TimeProvider.System.GetElapsedTime(_askedAt) > KnownFor)
        {
            _askedAt = TimeProvider.System.GetTimestamp();
            _head = GrainFactory.GetGrain<IBroadcastGrain>(0).Head();
        }

        return _head;
    }
}
