using System.Diagnostics;
using System.Globalization;

namespace GameBackend.TestKit;

/// <summary>
/// Time as far as this machine can use it. A second of it is what a program gets done in a second on a quiet core of
/// the speed at which the tests were written; on a slower core, on too few cores, and beside other programs it passes
/// more slowly than the clock. All bounds of tests are in this time, so that slow is not failed.
/// </summary>
public static class MachineTime
{
    private const double Most = 20;

    /// <summary>What <see cref="Spin"/> takes at least on the core for which the bounds are written.</summary>
    private const double SpinMs = 2.4;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly double CoreSlowdown = Math.Max(1, FastestSpin().TotalMilliseconds / SpinMs);

    private static double _running = 1;
    private static double _slowdown = 1;
    private static long _ticks;

    static MachineTime() => new Thread(Measure) { IsBackground = true, Name = nameof(MachineTime) }.Start();

    /// <summary>Since the first use.</summary>
    public static TimeSpan Now => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    /// <summary>How many times slower than written for everything goes now: 1 to 20.</summary>
    public static double Slowdown => Volatile.Read(ref _slowdown);

    /// <summary>What a time of the machine is on the clock, if it stays as it is.</summary>
    public static TimeSpan OnTheClock(TimeSpan time) => time * Slowdown;

    /// <summary>
    /// A short time of the product that a test would race, longer on a slow machine. At most three times as long, so that
    /// it stays below the times that the product waits for it.
    /// </summary>
    public static TimeSpan Stretch(TimeSpan time) => time * Math.Min(3, Slowdown);

    private static void Measure()
    {
        Thread.Sleep(0);
        var last = Stopwatch.GetTimestamp();
        while (true)
        {
            Thread.Sleep(Step);
            var now = Stopwatch.GetTimestamp();
            var passed = Stopwatch.GetElapsedTime(last, now);
            last = now;
            // A second's memory, so that a moment's rest amid much work does not count.
            _running += (Running() - _running) * 0.02;
            var slowdown = Math.Clamp(CoreSlowdown * _running / Environment.ProcessorCount, 1, Most);
            Volatile.Write(ref _slowdown, slowdown);
            // A process that did not run for a while has not had the time that has passed.
            var had = passed < Step * 2 ? passed : Step * 2;
            Volatile.Write(ref _ticks, _ticks + (long)(had.Ticks / slowdown));
        }
    }

    /// <summary>How many threads of the whole machine want a core at this moment, where the system tells.</summary>
    private static double Running()
    {
        try
        {
            // 0.20 0.18 0.12 3/276 6793: three run, this thread among them.
            var text = File.ReadAllText("/proc/loadavg");
            var running = text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal));
            return double.Parse(running[(running.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return 1;
        }
    }

    private static TimeSpan FastestSpin() => Enumerable.Range(0, 8).Min(_ =>
    {
        var began = Stopwatch.GetTimestamp();
        GC.KeepAlive(Spin());
        return Stopwatch.GetElapsedTime(began);
    });

    private static ulong Spin()
    {
        var state = 88_172_645_463_325_252UL;
        for (var i = 0; i < 1_000_000; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
        }

        return state;
    }
}
