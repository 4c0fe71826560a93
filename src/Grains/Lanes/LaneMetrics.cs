using System.Diagnostics.Metrics;

namespace GameBackend.Grains.Lanes;

/// <summary>The lanes' meter on silos.</summary>
public sealed class LaneMetrics : IDisposable
{
    public const string MeterName = "GameBackend.Lanes";

    private readonly Meter _meter;

    public LaneMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        Published = _meter.CreateCounter<long>("lanes.published", description: "Items that this silo has published.");
        Received = _meter.CreateCounter<long>(
            "lanes.received", description: "Items that came in for queues served here.");
        Dropped = _meter.CreateCounter<long>(
            "lanes.dropped",
            description: "Items given up for queues or gateways that lag; they are read from the log.");
        Subscriptions = _meter.CreateUpDownCounter<long>(
            "lanes.subscriptions", description: "Readers of the lanes served here: one a lane and gateway.");
        Subscriptions.Add(0);
    }

    public Counter<long> Published { get; }
    public Counter<long> Received { get; }
    public Counter<long> Dropped { get; }
    public UpDownCounter<long> Subscriptions { get; }

    public void Dispose() => _meter.Dispose();
}
