using System.Diagnostics;

namespace GameBackend.Client.Sessions;

/// <summary>Milliseconds that only go forward, whatever happens to the wall clock.</summary>
internal static class MonotonicClock
{
    public static long NowMs => (long)(Stopwatch.GetTimestamp() * (1000.0 / Stopwatch.Frequency));
}
