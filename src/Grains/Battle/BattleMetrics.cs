using System.Diagnostics.Metrics;

namespace GameBackend.Grains.Battle;

/// <summary>The battles' meter.</summary>
public sealed class BattleMetrics : IDisposable
{
    public const string MeterName = "GameBackend.Battle";

    private readonly Meter _meter;

    public BattleMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        Running = _meter.CreateUpDownCounter<int>("battle.running", description: "Battles that run on this silo.");
        TickTime = _meter.CreateHistogram<double>("battle.tick_time", "ms", "How long a tick and its snapshots took.");
        Lateness = _meter.CreateHistogram<double>("battle.lateness", "ms", "How late a tick was.");
        TickAllocated = _meter.CreateCounter<long>(
            "battle.tick_allocated", "By", "Memory that ticks have allocated, with encoding and sending.");
        Overruns = _meter.CreateCounter<long>(
            "battle.overruns", description: "Ticks that took longer than a tick lasts.");
        Skipped = _meter.CreateCounter<long>(
            "battle.ticks_skipped", description: "Ticks that were given up for being late.");
        SnapshotBytes =
            _meter.CreateCounter<long>("battle.snapshot_bytes", "By", "Encoded, once for each side and tick.");
        PlayerBytes = _meter.CreateHistogram<double>(
            "battle.player_bytes", "By/s", "Snapshots for one player, averaged over a second of a battle.");
        Refused = _meter.CreateCounter<long>("battle.inputs_refused", description: "Inputs without effect.");
        Restored = _meter.CreateCounter<long>(
            "battle.restored", description: "Battles that were gone on with after a stop.");
        SaveFailed = _meter.CreateCounter<long>("battle.save_failed", description: "Writes of a battle that failed.");
        Running.Add(0);
    }

    public UpDownCounter<int> Running { get; }
    public Histogram<double> TickTime { get; }
    public Histogram<double> Lateness { get; }
    public Counter<long> TickAllocated { get; }
    public Counter<long> Overruns { get; }
    public Counter<long> Skipped { get; }
    public Counter<long> SnapshotBytes { get; }
    public Histogram<double> PlayerBytes { get; }
    public Counter<long> Refused { get; }
    public Counter<long> Restored { get; }
    public Counter<long> SaveFailed { get; }

    public void Dispose() => _meter.Dispose();
}
