using System.Diagnostics.Metrics;

namespace GameBackend.Grains.Mailbox;

/// <summary>The mailboxes' meter.</summary>
public sealed class MailboxMetrics : IDisposable
{
    public const string MeterName = "GameBackend.Mailbox";

    private readonly Meter _meter;

    public MailboxMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        Appended = _meter.CreateCounter<long>("mailbox.appended", description: "Pushes that were stored.");
        Depth = _meter.CreateUpDownCounter<long>(
            "mailbox.depth",
            description: "Pushes that are stored and not acknowledged yet, of players who are attached.");
        Attached = _meter.CreateUpDownCounter<long>(
            "mailbox.attached", description: "Mailboxes on this silo whose player is attached to a gateway.");
        Overflows = _meter.CreateCounter<long>("mailbox.overflows", description: "Backlogs that gave way to a Resync.");
        Refused = _meter.CreateCounter<long>("mailbox.refused", description: "Messages that found a mailbox full.");
        Depth.Add(0);
        Attached.Add(0);
    }

    public Counter<long> Appended { get; }
    public UpDownCounter<long> Depth { get; }
    public UpDownCounter<long> Attached { get; }
    public Counter<long> Overflows { get; }
    public Counter<long> Refused { get; }

    public void Dispose() => _meter.Dispose();
}
