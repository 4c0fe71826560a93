using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using GameBackend.Game;

namespace GameBackend.Benchmarks;

/// <summary>
/// A day of arrivals at a matchmaker in a few seconds: a quiet night, a busy evening, players of all strengths, teams
/// and regions. Prints how long they waited and how even their matches were, so that the curves in match.json can be
/// tuned.
/// </summary>
internal static class MatchmakerDay
{
    private const int DayMs = 24 * 3600 * 1000;
    private const int RoundMs = 1000;

    private static readonly ImmutableArray<string> s_regions = ["eu", "us", "asia"];

    public static int Run(Arguments args)
    {
        var perDay = args.Number("players", 100_000);
        var watch = Stopwatch.StartNew();
        var starved = false;
        foreach (var mode in args.List("modes", "1v1", "3v3", "5v5", "ffa8")) starved |= Simulate(mode, perDay);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"matchmaker-day: {watch.Elapsed.TotalSeconds:F1} s"));
        return starved ? 1 : 0;
    }

    /// <returns>Whether somebody waited longer than a ticket may be overdue.</returns>
    private static bool Simulate(string id, int perDay)
    {
        var mode = Catalogue.LoadDefault().Modes[id];
        var queue = new MatchQueue(mode, s_regions);
        var random = new Random(7);
        var report = new Report(mode);
        var player = 1UL;
        for (var now = 0L; now < DayMs; now += RoundMs)
        {
            for (var arrivals = Poisson(random, Rate(now) * perDay * RoundMs / DayMs); arrivals > 0;)
            {
                var size = Math.Min(mode.Size, random.Next(10) < 6 ? 1 : random.Next(1, 4));
                queue.Add(Arrive(random, ref player, size, now));
                arrivals -= size;
            }

            foreach (var check in queue.Round(now))
            {
                report.Add(check.Match, now);
                foreach (var member in check.Match.Members.ToArray())
                    queue.Answer(member.PlayerId, check.Match.Id, true, now, out _);
            }
        }

        return report.Print(queue.Waiting);
    }

    /// <summary>Times the mean: a fifth in the small hours, nearly twice in the evening.</summary>
    private static double Rate(long now) => 1 - (0.8 * Math.Cos(2 * Math.PI * (now - (4 * 3600_000.0)) / DayMs));

    private static MatchTicket Arrive(Random random, ref ulong player, int size, long now)
    {
        var rating = Math.Clamp(1500 + (300 * Normal(random)), 200, 3200);
        string[] roles = ["ranger", "guard", "keeper"];
        var members = ImmutableArray.CreateBuilder<TicketMember>(size);
        for (var i = 0; i < size; i++)
        {
            var own = Math.Clamp(rating + (60 * Normal(random)), 100, 3500);
            members.Add(new TicketMember(player++, own, 10, roles[random.Next(roles.Length)]));
        }

        var home = random.Next(10) switch { < 5 => 0, < 8 => 1, _ => 2 };
        var latencies = s_regions.Select((name, i) => KeyValuePair.Create(
            name, i == home ? random.Next(10, 60) : random.Next(90, 220)));
        return new MatchTicket(members[0].PlayerId, members.ToImmutable(), latencies.ToImmutableDictionary(), now);
    }

    private static int Poisson(Random random, double mean)
    {
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed class Report(ModeDefinition mode)
    {
        private readonly List<double> _waits = [];
        private readonly List<double> _spreads = [];
        private readonly List<double> _gaps = [];
        private readonly List<double> _latencies = [];
        private int _withBots;

        public void Add(MatchProposal match, long now)
        {
            foreach (var ticket in match.Tickets)
            {
                _waits.Add((now - ticket.EnqueuedAtMs) / 1000.0);
                _latencies.Add(ticket.LatencyMs[match.Region]);
            }

            _spreads.Add(match.Spread);
            _gaps.Add(match.SideGap);
            if (match.Bots.Any(bots => bots > 0)) _withBots++;
        }

        public bool Print(int left)
        {
            var longest = _waits.Max();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"matchmaker-day {mode.Id,-4}: {_spreads.Count} matches, {_withBots} with bots, {left} still wait"));
            Print("wait s", _waits);
            Print("rating spread", _spreads);
            Print("gap of sides", _gaps);
            Print("latency ms", _latencies);
            return longest > mode.OverdueSeconds * 20;
        }

        private static void Print(string what, List<double> values)
        {
            values.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {what,-14} p50 {At(0.5),6:F0}  p90 {At(0.9),6:F0}  p99 {At(0.99),6:F0}  most {values[^1],6:F0}"));

            double At(double part) => values[(int)(part * (values.Count - 1))];
        }
    }
}
