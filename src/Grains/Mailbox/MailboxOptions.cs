using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Mailbox;

/// <summary>Bounds of a mailbox (configuration section <c>Mailbox</c>).</summary>
public sealed class MailboxOptions
{
    public const string Section = "Mailbox";

    /// <summary>Unacknowledged pushes before the backlog becomes one Resync.</summary>
    [Range(16, 100_000)] public int MaxBacklog { get; set; } = 1000;

    /// <summary>The share of the backlog, in percent, from which on messages of others are refused.</summary>
    [Range(1, 100)] public int MessagesUpToPercent { get; set; } = 80;

    /// <summary>
    /// The share of the backlog, in percent, that may be of one other player. Beyond it that player's messages and
    /// requests are refused.
    /// </summary>
    [Range(1, 100)] public int SenderUpToPercent { get; set; } = 20;

    /// <summary>The largest push, in bytes. A note must fit; a larger change is sent as a Resync.</summary>
    [Range(4096, 60_000)] public int MaxItemBytes { get; set; } = 60_000;
}
