using System.Diagnostics.Metrics;
using System.Globalization;
using GameBackend.Grains.Interfaces;
using GameBackend.Protocol;
using GameBackend.Silo;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace GameBackend.Benchmarks;

/// <summary>
/// How many battles of ten moving, shooting players one whole process carries: grains, logs and checkpoints on disk,
/// and snapshots over lanes to a gateway that sends the inputs of all. The gateway, without sockets, is in the same
/// process and on the same cores.
/// </summary>
internal static class HostedBattles
{
    private const int Players = 10;
    private const int Attempts = 3, WarmSeconds = 15;
    private static readonly Samples Late = new(), Work = new(), Latency = new();
    private static long s_bytes, s_allocated;

    public static async Task<int> Run(Arguments args)
    {
        var directory = Directory.CreateTempSubdirectory("battles-").FullName;
        await using var app = Build(directory);
        await app.StartAsync();
        using var meters = Listen();
        var gateway = new FakeGateway(app.Services.GetRequiredService<IClusterClient>());
        await gateway.Listen();
        var (carried, limit, from) = (0, args.Number("late", 10), args.Number("from", 40));
        await gateway.Grow(from);
        // Until the compiler is done: a tick costs several times as much before.
        await gateway.Play(WarmSeconds);
        for (var battles = from; battles <= args.Number("to", 2000); battles = battles * 3 / 2)
        {
            await gateway.Grow(battles);
            // What else runs on the machine can make ticks late, never early: the best of three counts.
            var late = double.MaxValue;
            for (var attempt = 0; attempt < Attempts && late > limit; attempt++)
                late = Math.Min(late, await Measure(gateway, battles, args.Number("seconds", 8)));
            if (late > limit)
                break;
            carried = battles;
        }

        Console.WriteLine($"battles: {carried} of {Players} in one process with p99 under {limit} ms");
        await app.StopAsync();
        Directory.Delete(directory, recursive: true);
        return carried > 0 ? 0 : 1;
    }

    /// <returns>How late 99 of 100 ticks were at the most, in milliseconds.</returns>
    private static async Task<double> Measure(FakeGateway gateway, int battles, int seconds)
    {
        await gateway.Play(3);
        Reset();
        var (allocated, pauses) = (GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
        var processor = Environment.CpuUsage.TotalTime;
        await gateway.Play(seconds);
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        pauses = GC.GetTotalPauseDuration() - pauses;
        var ticks = Math.Max(1, Late.Count);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"battles: {battles,4} of {Players}: late p50 {Late.At(0.5):F2} p99 {Late.At(0.99):F2} ms, tick p99 {Work.At(0.99):F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture,
                $"snapshot latency p50 {Latency.At(0.5):F2} p99 {Latency.At(0.99):F2} ms, {(double)s_bytes / battles / 2 / seconds:F0} B/s a player, ")
            + string.Create(CultureInfo.InvariantCulture,
                $"{processor.TotalSeconds / seconds:F2} cores, {processor.TotalMicroseconds / ticks:F0} us of a core a tick, {pauses.TotalMilliseconds / seconds:F1} ms a second in collections, ")
            + string.Create(CultureInfo.InvariantCulture,
                $"{s_allocated / ticks} B allocated in a tick, {s_bytes / ticks} of them its snapshots, and {allocated / ticks} B by the whole process, {100.0 * ticks / (battles * seconds * 20):F0}% of ticks"));
        return Late.At(0.99);
    }

    private static WebApplication Build(string directory) => SiloHost.Build(
    [
        "--environment=Development", "--Gateway:TcpPort=0", "--Gateway:KcpPort=0", "--Gateway:HttpPort=17710",
        "--Admin:Port=17760",
        "--Silo:Port=21111",
        "--Silo:GatewayPort=40000", $"--Store:Directory={directory}/data", $"--Logs:Directory={directory}/logs",
        "--Serilog:MinimumLevel:Default=Warning",
    ]);

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "GameBackend.Battle")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (instrument.Name == "battle.lateness")
                Late.Add(value);
            else if (instrument.Name == "battle.tick_time")
                Work.Add(value);
        });
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (instrument.Name == "battle.snapshot_bytes")
                Interlocked.Add(ref s_bytes, value);
            else if (instrument.Name == "battle.tick_allocated")
                Interlocked.Add(ref s_allocated, value);
        });
        listener.Start();
        return listener;
    }

    private static void Reset()
    {
        Late.Clear();
        Work.Clear();
        Latency.Clear();
        (s_bytes, s_allocated) = (0, 0);
    }

    private sealed class FakeGateway(IClusterClient cluster)
    {
        private readonly Guid _id = Guid.NewGuid();
        private readonly List<(IBattleGrain Grain, BattleAttendance Attendance)> _battles = [];
        private uint _number;

        public async Task Listen()
        {
            for (var lane = 0; lane < 4; lane++)
            {
                await cluster.GetStreamProvider(Lane.Provider).GetStream<LaneItem>(Lane.Stream(Lane.Name(_id, lane)))
                    .SubscribeAsync((item, _) =>
                    {
                        var nowUs = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
                        Latency.Add((nowUs - item.Battle!.SentUs) / 1000.0);
                        return Task.CompletedTask;
                    });
            }
        }

        public async Task Grow(int battles)
        {
            var stats = new Stats { Health = 1_000_000, Attack = 25, Defence = 10, Speed = 20 }.ToByteArray();
            string[] roles = ["ranger", "guard"];
            while (_battles.Count < battles)
            {
                var id = _battles.Count + 1;
                var grain = cluster.GetGrain<IBattleGrain>(id);
                var players = Enumerable.Range(0, Players).Select(i => (id * 100L) + i + 1).ToArray();
                await grain.Open(new BattleOrder("5v5", "", [.. players.Select((player, i) => new BattleEntrant(
                    player, "n", i / (Players / 2), roles[i % 2], stats, 1500, 100, 0.06))]));
                var attendance = new BattleAttendance(
                    Lane.Name(_id, id % 4), [.. players.Select(player => new BattlePresence(player, 1))], false);
                _battles.Add((grain, attendance));
                await grain.Attend(attendance);
            }
        }

        /// <summary>
        /// Sends an input of each player each tick, spread over the tick, and attends each battle each second.
        /// </summary>
        public async Task Play(int seconds)
        {
            var began = Environment.TickCount64;
            for (var tick = 0; tick < seconds * 20; tick++)
            {
                _number++;
                var bodies = Enumerable.Range(0, Players).Select(Input).ToArray();
                for (var i = 0; i < _battles.Count; i++)
                {
                    var (grain, attendance) = _battles[i];
                    grain.Submit([.. attendance.Players.Select(
                        (player, f) => new PlayerInput(player.Player, player.Epoch, bodies[f]))]).Ignore();
                    if ((tick + i) % 20 == 0)
                        grain.Attend(attendance).Ignore();
                    if (i % 16 == 15)
                        await Until(began + (tick * 50) + (i * 50 / _battles.Count));
                }

                await Until(began + ((tick + 1) * 50));
            }
        }

        private static async Task Until(long ms)
        {
            if (ms - Environment.TickCount64 is > 0 and var wait)
                await Task.Delay((int)wait);
        }

        private byte[] Input(int fighter)
        {
            var beat = ((_number / 10) + ((uint)fighter * 7)) * 2654435761U;
            var input = new BattleInput
            {
                Number = _number,
                MoveX = (int)(beat % 201) - 100,
                MoveY = (int)(beat / 201 % 201) - 100,
                Action = (BattleAction)(1 + ((_number + fighter) % 5)),
            };
            (input.AimX, input.AimY) = (input.MoveX * 20, input.MoveY * 20);
            return input.ToByteArray();
        }
    }

    private sealed class Samples
    {
        private readonly Lock _gate = new();
        private readonly List<double> _values = [];

        public int Count
        {
            get
            {
                lock (_gate)
                    return _values.Count;
            }
        }

        public void Add(double value)
        {
            lock (_gate)
                _values.Add(value);
        }

        public void Clear()
        {
            lock (_gate)
                _values.Clear();
        }

        public double At(double part)
        {
            lock (_gate)
            {
                if (_values.Count == 0)
                    return 0;
                var sorted = _values.Order().ToArray();
                return sorted[(int)(part * (sorted.Length - 1))];
            }
        }
    }
}
