using System.Diagnostics;

namespace GameBackend.Bots;

/// <summary>Durations, to take percentiles of.</summary>
internal sealed class Latencies
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = [];

    public void Add(TimeSpan duration)
    {
        lock (_gate)
            _milliseconds.Add(duration.TotalMilliseconds);
    }

    public void AddSince(long begin) => Add(Stopwatch.GetElapsedTime(begin));

    /// <summary>In milliseconds; null if there was none.</summary>
    public double? Percentile(double share)
    {
        lock (_gate)
        {
            if (_milliseconds.Count == 0)
                return null;
            _milliseconds.Sort();
            return Math.Round(_milliseconds[(int)Math.Min(_milliseconds.Count - 1, _milliseconds.Count * share)], 3);
        }
    }
}
