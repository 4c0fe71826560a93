namespace GameBackend.Protocol.Kcp;

/// <summary>Sizes and times of a <see cref="KcpChannel"/>. Both ends go by the same.</summary>
public sealed record KcpSettings
{
    public static readonly KcpSettings Default = new();

    /// <summary>Segments of one datagram together, in bytes.</summary>
    public int MaxSegmentBytes { get; init; } = KcpDatagram.MaxPayloadBytes;

    /// <summary>Segments under way in each direction, and held for the reader: a power of two.</summary>
    public int Window { get; init; } = 128;

    /// <summary>Segments that may wait to be under way. One message is taken in any case.</summary>
    public int MaxQueuedSegments { get; init; } = 32;

    /// <summary>The largest message is this many segments. Less than <see cref="Window"/>.</summary>
    public int MaxFragments { get; init; } = 64;

    /// <summary>When a segment is sent again while no round trip has been measured.</summary>
    public int FirstResendMs { get; init; } = 300;

    /// <summary>What pauses before acknowledgements and timers add to a round trip at most.</summary>
    public int GranularityMs { get; init; } = 20;

    /// <summary>The shortest time after which a segment is sent again: above the pause of acknowledgements.</summary>
    public int MinResendMs { get; init; } = 50;

    public int MaxResendMs { get; init; } = 3_000;

    /// <summary>A segment is sent again at once when so many later ones were acknowledged before it.</summary>
    public int FastResendAfter { get; init; } = 2;

    /// <summary>
    /// With fewer segments under way than this, one later acknowledgement is enough and the first timeouts do not grow:
    /// so few, as games send, cannot fill a network, and there may be no later ones for long. (A. Petlund, "Improving
    /// latency for interactive, thin-stream applications over reliable transport", 2009.)
    /// </summary>
    public int ThinBelow { get; init; } = 4;

    /// <summary>Timeouts of a thin stream that do not grow.</summary>
    public int ThinResends { get; init; } = 3;

    /// <summary>How often a segment is sent again for having been overtaken; then only time counts.</summary>
    public int MaxFastResends { get; init; } = 5;

    /// <summary>
    /// The first wait before a closed window is asked for; it doubles up to <see cref="MaxProbeMs"/>.
    /// </summary>
    public int FirstProbeMs { get; init; } = 200;

    public int MaxProbeMs { get; init; } = 5_000;

    /// <summary>Bytes of a message that one segment takes.</summary>
    public int FragmentBytes => MaxSegmentBytes - KcpSegment.HeaderBytes;

    public int MaxMessageBytes => MaxFragments * FragmentBytes;
}
