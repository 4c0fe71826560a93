using System.Diagnostics;
using System.Numerics;

namespace GameBackend.Gateway.Dispatch;

/// <summary>Counts and latencies of a route, cheap enough for every request.</summary>
internal sealed class RouteStatistics
{
    private const int Buckets = 26;
    private readonly long[] _buckets = new long[Buckets];
    private long _refused;

    public long Refused => Volatile.Read(ref _refused);

    public long Total => _buckets.Sum();

    /// <summary>Requests by duration: bucket n counts those of 2ⁿ⁻¹ to 2ⁿ microseconds, the last all longer ones.</summary>
    public IReadOnlyList<long> DurationBuckets => _buckets;

    public void Record(long startedTimestamp, GameError error)
    {
        var microseconds = (ulong)Stopwatch.GetElapsedTime(startedTimestamp).TotalMicroseconds;
        var bucket = Math.Min(64 - BitOperations.LeadingZeroCount(microseconds), Buckets - 1);
        Interlocked.Increment(ref _buckets[bucket]);
        if (error != GameError.Ok)
            Interlocked.Increment(ref _refused);
    }
}
