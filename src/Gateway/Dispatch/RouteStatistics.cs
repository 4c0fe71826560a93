using System.Collections.Concurrent;
using System.Diagnostics;
using System.Numerics;

namespace GameBackend.Gateway.Dispatch;

/// <summary>Counts and latencies of a route, cheap enough for every request.</summary>
internal sealed class RouteStatistics
{
    private const int Buckets = 26;

    /// <summary>The upper bounds of all buckets but the last, in seconds.</summary>
    public static readonly IReadOnlyList<double> BoundsSeconds =
        [.. Enumerable.Range(0, Buckets - 1).Select(bucket => Math.Pow(2, bucket) / 1e6)];

    private readonly long[] _buckets = new long[Buckets];
    private readonly ConcurrentDictionary<GameError, long> _refused = [];
    private long _ticks;

    public long Refused => _refused.Values.Sum();

    public long Total => _buckets.Sum();

    /// <summary>Time that all requests took together.</summary>
    public TimeSpan Sum => new(Volatile.Read(ref _ticks));

    /// <summary>Requests by how they were answered.</summary>
    public IEnumerable<(GameError Error, long Count)> ByError =>
        [(GameError.Ok, Total - Refused), .. _refused.Select(each => (each.Key, each.Value))];

    /// <summary>
    /// Requests by duration: bucket n counts those of 2ⁿ⁻¹ to 2ⁿ microseconds, the last all longer ones.
    /// </summary>
    public IReadOnlyList<long> DurationBuckets => _buckets;

    public void Record(long startedTimestamp, GameError error)
    {
        var duration = Stopwatch.GetElapsedTime(startedTimestamp);
        var bucket = Math.Min(64 - BitOperations.LeadingZeroCount((ulong)duration.TotalMicroseconds), Buckets - 1);
        Interlocked.Increment(ref _buckets[bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
        if (error != GameError.Ok)
            _refused.AddOrUpdate(error, 1, static (_, count) => count + 1);
    }
}
