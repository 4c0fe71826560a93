using System.Diagnostics.Metrics;

namespace GameBackend.Gateway;

/// <summary>The gateway's meter. Nothing is logged per message; everything per message is counted here.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "GameBackend.Gateway";

    private readonly Meter _meter;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _connectionsRefused;

    public GatewayMetrics(IMeterFactory? meters = null)
    {
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        Pushes = _meter.CreateCounter<long>("gateway.pushes", description: "Pushes sent to clients.");
        GapFills = _meter.CreateCounter<long>("gateway.gap_fills", description: "Times a mailbox was read for a gap.");
        LaneItems = _meter.CreateCounter<long>("gateway.lane_items", description: "Items that arrived on lanes.");
        LanesRenewed = _meter.CreateCounter<long>(
            "gateway.lanes_renewed", description: "Lanes that were silent and subscribed anew.");
        Refused = _meter.CreateCounter<long>(
            "gateway.refused", description: "Requests refused before a route saw them.");
        Unavailable =
            _meter.CreateCounter<long>("gateway.unavailable", description: "Requests answered with Unavailable.");
        SlowReaders = _meter.CreateCounter<long>("gateway.slow_readers", description: "Clients cut for not reading.");
        Violations =
            _meter.CreateCounter<long>("gateway.violations", description: "Connections closed for malformed data.");
        Snapshots = _meter.CreateCounter<long>("gateway.snapshots", description: "Battle snapshots sent to clients.");
        SnapshotBytes = _meter.CreateCounter<long>("gateway.snapshot_bytes", "By", "Bytes of them.");
        SnapshotsSkipped = _meter.CreateCounter<long>(
            "gateway.snapshots_skipped", description: "Battle snapshots left out for clients that lag.");
        SnapshotLatency = _meter.CreateHistogram<double>(
            "gateway.snapshot_latency", "ms", "From a battle to this gateway, as far as the clocks of both agree.");
        InputsDropped = _meter.CreateCounter<long>(
            "gateway.inputs_dropped",
            description: "Battle inputs dropped for their rate, or for a battle that does not answer.");
        DatagramsRefused = _meter.CreateCounter<long>(
            "gateway.datagrams_refused", description: "Datagrams that are of no connection, or not in good form.");
        DatagramsLost = _meter.CreateCounter<long>(
            "gateway.datagrams_lost", description: "Datagrams that the system did not take.");
        MailboxLag = _meter.CreateHistogram<double>(
            "gateway.mailbox_lag", "ms",
            "From a push's place in the mailbox to its client's socket, as far as clocks agree.");
        _connectionsRefused = _meter.CreateCounter<long>(
            "gateway.connections_refused",
            description: "Connections that got no slot or lost it before their log-in, by reason.");
        _closed = _meter.CreateCounter<long>(
            "gateway.closed", description: "Connections closed by the gateway, by reason.");
    }

    public Counter<long> Pushes { get; }
    public Counter<long> GapFills { get; }
    public Counter<long> LaneItems { get; }
    public Counter<long> LanesRenewed { get; }
    public Counter<long> Refused { get; }
    public Counter<long> Unavailable { get; }
    public Counter<long> SlowReaders { get; }
    public Counter<long> Violations { get; }
    public Counter<long> Snapshots { get; }
    public Counter<long> SnapshotBytes { get; }
    public Counter<long> SnapshotsSkipped { get; }
    public Histogram<double> SnapshotLatency { get; }
    public Counter<long> InputsDropped { get; }
    public Counter<long> DatagramsRefused { get; }
    public Counter<long> DatagramsLost { get; }
    public Histogram<double> MailboxLag { get; }

    public void Closed(GoodbyeReason reason) =>
        _closed.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <param name="reason">address, unauthenticated, full, or gave_way.</param>
    public void ConnectionRefused(string reason) =>
        _connectionsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();
}
