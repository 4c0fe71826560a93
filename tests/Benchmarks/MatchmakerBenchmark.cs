using System.Collections.Immutable;
using System.Globalization;
using GameBackend.Game;

namespace GameBackend.Benchmarks;

/// <summary>
/// How much of a core's time one round over a full queue takes, and how it grows: once with everybody matchable, once
/// with tickets so far apart that nobody finds enough others, also when they have waited so long that they look far.
/// </summary>
internal static class MatchmakerBenchmark
{
    private const int LimitMs = 100;

    private static readonly ImmutableArray<string> s_regions = ["eu", "us", "asia", "sa"];

    public static int Run(Arguments args)
    {
        var most = args.Number("tickets", 50_000);
        var reached = true;
        foreach (var mode in new[] { "1v1", "3v3", "ffa8" })
        {
            foreach (var count in new[] { most / 4, most / 2, most })
            {
                var (dense, matches) = Measure(mode, count, spread: false, now: 60_000);
                var (sparse, few) = Measure(mode, count, spread: true, now: 0);
                var (overdue, _) = Measure(mode, count, spread: true, now: 3_600_000);
                if (count == most) reached &= Math.Max(dense, Math.Max(sparse, overdue)) <= LimitMs;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"matchmaker {mode,-4} {count,6} tickets: {dense,5:F1} ms for {matches,5} matches, ")
                    + string.Create(CultureInfo.InvariantCulture,
                        $"{sparse,5:F1} ms for {few,5} when hardly any fit, {overdue,5:F1} ms when all of those are overdue (at most {LimitMs} ms)"));
            }
        }

        return reached ? 0 : 1;
    }

    private static (double Ms, int Matches) Measure(string mode, int count, bool spread, long now)
    {
        // Bots would fill what is missing.
        var definition = Catalogue.LoadDefault().Modes[mode] with { FillAfterSeconds = 0 };
        var (best, matches) = (double.MaxValue, 0);
        for (var round = 0; round < 7; round++)
        {
            var queue = new MatchQueue(definition, s_regions);
            var random = new Random(round);
            var player = 1UL;
            for (var i = 0; i < count; i++)
            {
                var size = !spread ? random.Next(1, definition.Size + 1) : i % 1000 == 0 ? 1 : Math.Max(1, definition.Size - 1);
                queue.Add(Ticket(random, ref player, size, spread, i));
            }

            GC.Collect();
            // Time of the processor, so that a busy machine does not count.
            var before = Environment.CpuUsage.TotalTime;
            matches = queue.Round(now).Count;
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }

        return (best, matches);
    }

    private static MatchTicket Ticket(Random random, ref ulong player, int size, bool spread, int index)
    {
        var rating = Math.Clamp(1500 + (300 * Normal(random)), 100, 3500);
        var members = ImmutableArray.CreateBuilder<TicketMember>(size);
        for (var i = 0; i < size; i++) members.Add(new TicketMember(player++, rating, 10, "ranger"));
        // Each in one of many regions of its own, in effect: only the one in four that shares it can be met.
        var region = s_regions[index % s_regions.Length];
        var latencies = spread
            ? ImmutableDictionary<string, int>.Empty.Add(region, 20)
            : s_regions.ToImmutableDictionary(name => name, name => name == region ? 20 : 120);
        return new MatchTicket(members[0].PlayerId, members.ToImmutable(), latencies, 0);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
