namespace GameBackend.Protocol.Kcp;

/// <summary>Takes the segments of one datagram. They are valid during the call.</summary>
public delegate void KcpOutput(ReadOnlySpan<byte> segments);

/// <summary>
/// Whole messages, in order and each once, over datagrams that get lost, doubled and out of order. The segments and the
/// behaviour are KCP's in its fast mode (https://github.com/skywind3000/kcp, protocol.txt and README: selective
/// acknowledgements, resending once later segments were acknowledged, timeouts that grow by half, no congestion
/// window); the timeout is that of V. Jacobson and M. Karels, "Congestion Avoidance and Control", 1988.
/// Pure: time and datagrams are passed in, datagrams come out. Not safe for use by two threads at a time.
/// </summary>
/// <remarks>
/// Whatever the other end sends, nothing is thrown and memory stays within two windows and the queue: segments are
/// taken only inside of the window, and the window moves on only when the reader takes messages.
/// </remarks>
/// <param name="conversation">Stands in each segment; the same at both ends.</param>
public sealed partial class KcpChannel(uint conversation, KcpSettings settings)
{
    /// <summary>
    /// The time that the last datagram may have come in, so that old echoes of time are not believed.
    /// </summary>
    private const int MaxRoundTripMs = 60_000;

    private readonly uint _mask = (uint)settings.Window - 1;

    private double _roundTripMs = -1;
    private double _variationMs;
    private int _resendAfterMs = settings.FirstResendMs;

    /// <summary>A smoothed round trip in milliseconds; -1 before the first one.</summary>
    public double RoundTripMs => _roundTripMs;

    /// <summary>Segments that were sent again.</summary>
    public long Resent { get; private set; }

    /// <summary>Takes the segments of one datagram.</summary>
    /// <returns>False if they break the protocol: the connection cannot go on.</returns>
    public bool Input(ReadOnlySpan<byte> datagram, long nowMs)
    {
        var acknowledged = new Acknowledged();
        var rest = datagram;
        while (rest.Length >= KcpSegment.HeaderBytes)
        {
            var header = KcpSegment.ReadHeader(rest);
            rest = rest[KcpSegment.HeaderBytes..];
            if (header.Conversation != conversation || header.Length > (uint)rest.Length)
                return false;
            if (!TakeUnacknowledged(header, nowMs)
                || !Take(header, rest[..(int)header.Length], nowMs, ref acknowledged))
                return false;
            rest = rest[(int)header.Length..];
        }

        if (acknowledged.Any)
            CountOvertaken(acknowledged);
        return rest.IsEmpty;
    }

    /// <summary>
    /// Sends what is due: acknowledgements, what is asked about windows, new segments and those to be sent again.
    /// </summary>
    /// <param name="scratch">Room for the segments of one datagram.</param>
    public void Flush(long nowMs, Span<byte> scratch, KcpOutput output)
    {
        var writer = new Writer(scratch[..Math.Min(scratch.Length, settings.MaxSegmentBytes)], output);
        var common = new KcpHeader(conversation, 0, 0, OpenWindow, (uint)nowMs, 0, _arrivedNext, 0);
        WriteAcknowledgements(ref writer, common);
        WriteProbes(ref writer, common, nowMs);
        Launch();
        WriteSegments(ref writer, common, nowMs);
        writer.Finish();
    }

    /// <summary>
    /// When <see cref="Flush"/> has something to do: in the past for at once, the maximum for not at all.
    /// </summary>
    public long DueAtMs => _toAcknowledge.Count > 0 || _tellWindow || CanLaunch ? long.MinValue
        : Math.Min(_resendAtMs, _probeAtMs);

    /// <summary>
    /// Gives all memory back. Only <see cref="Input"/> and reading properties are harmless afterwards.
    /// </summary>
    public void Release()
    {
        ReleaseOutgoing();
        ReleaseIncoming();
    }

    /// <summary>Begins at another number than 0. Only before anything is sent, at both ends; for tests.</summary>
    internal void StartAt(uint number) =>
        _unacknowledged = _sendNext = _readNext = _arrivedNext = number;

    private bool Take(in KcpHeader header, ReadOnlySpan<byte> data, long nowMs, ref Acknowledged acknowledged)
    {
        switch (header.Command)
        {
            case KcpSegment.Push:
                return TakePush(header, data);
            case KcpSegment.Ack:
                TakeAcknowledgement(header, nowMs, ref acknowledged);
                return true;
            case KcpSegment.AskWindow:
                _tellWindow = true;
                return true;
            case KcpSegment.TellWindow:
                return true;
            default:
                return false;
        }
    }

    private void MeasureRoundTrip(uint sentAt, long nowMs)
    {
        var roundTripMs = (int)((uint)nowMs - sentAt);
        if (roundTripMs is < 0 or > MaxRoundTripMs)
            return;
        if (_roundTripMs < 0)
        {
            _roundTripMs = roundTripMs;
            _variationMs = roundTripMs / 2.0;
        }
        else
        {
            _variationMs += (Math.Abs(roundTripMs - _roundTripMs) - _variationMs) / 4;
            _roundTripMs += (roundTripMs - _roundTripMs) / 8;
        }

        var timeout = _roundTripMs + Math.Max(settings.GranularityMs, 4 * _variationMs);
        _resendAfterMs = (int)Math.Min(Math.Max(timeout, settings.MinResendMs), settings.MaxResendMs);
    }

    /// <summary>
    /// How far <paramref name="number"/> is behind <paramref name="from"/>, where numbers may have wrapped.
    /// </summary>
    private static int Distance(uint from, uint number) => unchecked((int)(number - from));

    /// <summary>The newest segment that one datagram acknowledges.</summary>
    private struct Acknowledged
    {
        public bool Any;
        public uint Newest;
        public uint SentAt;
    }

    /// <summary>Puts segments together to datagrams.</summary>
    private ref struct Writer(Span<byte> scratch, KcpOutput output)
    {
        private readonly Span<byte> _scratch = scratch;
        private int _length;

        public void Add(in KcpHeader header, ReadOnlySpan<byte> data)
        {
            if (_length + KcpSegment.HeaderBytes + data.Length > _scratch.Length)
                Finish();
            KcpSegment.WriteHeader(_scratch[_length..], header);
            data.CopyTo(_scratch[(_length + KcpSegment.HeaderBytes)..]);
            _length += KcpSegment.HeaderBytes + data.Length;
        }

        public void Finish()
        {
            if (_length > 0)
                output(_scratch[.._length]);
            _length = 0;
        }
    }
}
