using System.Diagnostics;
using System.Globalization;
using GameBackend.Game;
using GameBackend.Protocol;

namespace GameBackend.Benchmarks;

/// <summary>
/// How many battles of ten moving, shooting fighters the simulation alone carries at 20 ticks a second, with a snapshot
/// for each side every tick: real time, as many threads as asked for, each with its share of the battles.
/// </summary>
internal static class BattleBenchmark
{
    private const int LateMs = 10;

    public static int Run(Arguments args)
    {
        var threads = args.Number("threads", 2);
        var seconds = args.Number("seconds", 5);
        Cost();
        var (carried, from) = (0, args.Number("from", 60));
        for (var battles = from; battles <= args.Number("to", 8000); battles = battles * 3 / 2)
        {
            var late = Lateness(battles, threads, seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"arena: {battles,5} battles of 10 on {threads} threads: a tick is late by p50 {At(late, 0.5):F2} ms, ")
                + string.Create(CultureInfo.InvariantCulture, $"p99 {At(late, 0.99):F2} ms"));
            if (At(late, 0.99) > LateMs) break;
            carried = battles;
        }

        Console.WriteLine($"arena: {carried} battles with p99 under {LateMs} ms");
        return carried > 0 ? 0 : 1;
    }

    private static double At(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];

    private static void Cost()
    {
        var fight = new Fight(1);
        // Long enough for the compiler to be done, also on a busy machine.
        for (var i = 0; i < 20_000; i++) fight.Tick();
        var (bytes, sent) = (GC.GetAllocatedBytesForCurrentThread(), fight.Bytes);
        var start = Environment.CpuUsage.TotalTime;
        const int Ticks = 4000;
        for (var i = 0; i < Ticks; i++) fight.Tick();
        var us = (Environment.CpuUsage.TotalTime - start).TotalMicroseconds / Ticks;
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / Ticks;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"arena: {us:F1} us of a core and {allocated} bytes allocated a tick with 10 fighters and 2 snapshots; ")
            + string.Create(CultureInfo.InvariantCulture,
                $"{(fight.Bytes - sent) * 20.0 / Ticks / 2:F0} bytes a player a second"));
    }

    private static double[] Lateness(int battles, int threads, int seconds)
    {
        var all = new List<double>();
        var workers = Enumerable.Range(0, threads).Select(worker => new Thread(() =>
        {
            var late = RunShare(worker, battles / threads, seconds);
            lock (all) all.AddRange(late);
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        var sorted = all.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    private static List<double> RunShare(int worker, int battles, int seconds)
    {
        var fights = Enumerable.Range(0, battles).Select(i => new Fight((ulong)((worker * 100_000) + i))).ToArray();
        var late = new List<double>(battles * seconds * 20);
        foreach (var fight in fights)
            for (var i = 0; i < 60; i++) fight.Tick();
        var start = Stopwatch.GetTimestamp();
        // Battles start at different moments, so their ticks are spread over the fifty milliseconds.
        for (var tick = 0; tick < seconds * 20; tick++)
        {
            for (var i = 0; i < battles; i++)
            {
                var dueMs = (tick * 50.0) + (i * 50.0 / battles);
                double now;
                while ((now = Stopwatch.GetElapsedTime(start).TotalMilliseconds) < dueMs)
                {
                    // Lets others run, and is back in time: a sleep would be longer than what is measured.
                    Thread.Yield();
                }

                fights[i].Tick();
                late.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds - dueMs);
            }
        }

        return late;
    }

    /// <summary>A battle that never ends for long: when it is over, the next one starts.</summary>
    private sealed class Fight(ulong seed)
    {
        private static readonly Catalogue s_catalogue = Catalogue.LoadDefault();

        private readonly BattleInput _input = new();
        private BattleRoom _room = Start(seed);
        private ulong _seed = seed;

        public long Bytes { get; private set; }

        public void Tick()
        {
            if (_room.Ended) _room = Start(++_seed);
            for (var f = 0; f < 10; f++)
            {
                var beat = (uint)((_room.Tick / 10) + (f * 7)) * 2654435761U;
                _input.Number = (uint)_room.Tick + 1;
                _input.MoveX = (int)(beat % 201) - 100;
                _input.MoveY = (int)(beat / 201 % 201) - 100;
                _input.Action = (BattleAction)(1 + ((_room.Tick + f) % 5));
                (_input.AimX, _input.AimY) = (_input.MoveX * 20, _input.MoveY * 20);
                _room.Submit(f, _input);
            }

            _room.Advance();
            for (var side = 0; side < 2; side++) Bytes += _room.Snapshot(side).Length;
            if (_room.Tick % 20 == 0) _room.DropLog();
        }

        private static BattleRoom Start(ulong seed)
        {
            var roles = s_catalogue.Arena!.Roles;
            var setup = new BattleSetup { BattleId = seed, Seed = seed, Mode = "5v5", TicksPerSecond = 20 };
            for (var i = 0; i < 10; i++)
            {
                setup.Seats.Add(new BattleSeat
                {
                    PlayerId = (ulong)i + 1,
                    Side = (uint)(i / 5),
                    Role = roles[i % roles.Length].Id,
                    Stats = new Stats { Health = 250, Attack = 25, Defence = 10, Speed = 20 },
                });
            }

            return new BattleRoom(s_catalogue, setup);
        }
    }
}
