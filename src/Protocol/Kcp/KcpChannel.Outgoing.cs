namespace GameBackend.Protocol.Kcp;

/// <summary>The sending half: a queue, and a ring of segments under way from the first unacknowledged one on.</summary>
public sealed partial class KcpChannel
{
    private readonly Queue<KcpSegment> _queue = new();
    private KcpSegment?[]? _underWay;
    private uint _unacknowledged;
    private uint _sendNext;
    private int _otherWindow = settings.Window;
    private long _resendAtMs = long.MaxValue;
    private long _probeAtMs = long.MaxValue;
    private int _probeAfterMs;
    private long _progressAtMs = long.MinValue;

    /// <summary>Segments that wait or are under way.</summary>
    public int Unacknowledged => _queue.Count + Distance(_unacknowledged, _sendNext);

    /// <summary>Whether the queue takes another message.</summary>
    public bool HasRoom => _queue.Count < settings.MaxQueuedSegments;

    private bool IsThin => Distance(_unacknowledged, _sendNext) < settings.ThinBelow;

    private int ResendWhenOvertaken => IsThin ? 1 : settings.FastResendAfter;

    private bool CanLaunch => _queue.Count > 0
        && Distance(_unacknowledged, _sendNext) < Math.Min(settings.Window, _otherWindow);

    /// <summary>Queues a message; <see cref="Flush"/> sends it.</summary>
    /// <returns>False if the queue is full.</returns>
    /// <exception cref="FrameException">The message is too long for any queue.</exception>
    public bool Send(ReadOnlySpan<byte> message)
    {
        if (message.Length > settings.MaxMessageBytes)
            throw new FrameException(
                $"A message of {message.Length} bytes, where {settings.MaxMessageBytes} are allowed.");
        if (!HasRoom)
            return false;
        var parts = Math.Max(1, (message.Length + settings.FragmentBytes - 1) / settings.FragmentBytes);
        for (var left = parts - 1; left >= 0; left--)
        {
            var part = message[..Math.Min(message.Length, settings.FragmentBytes)];
            message = message[part.Length..];
            _queue.Enqueue(new KcpSegment(0, (byte)left, part));
        }

        return true;
    }

    /// <summary>For how long nothing that is under way has been acknowledged.</summary>
    public long StalledMs(long nowMs) =>
        _unacknowledged == _sendNext || _progressAtMs == long.MinValue ? 0 : nowMs - _progressAtMs;

    /// <summary>Sends all that is under way again with the next flush: the network has changed.</summary>
    public void ResendSoon()
    {
        for (var number = _unacknowledged; number != _sendNext; number++)
        {
            if (_underWay![number & _mask] is { } segment)
                segment.ResendAfterMs = 0;
        }

        if (_unacknowledged != _sendNext)
            _resendAtMs = long.MinValue;
    }

    private bool TakeUnacknowledged(in KcpHeader header, long nowMs)
    {
        var ahead = Distance(_unacknowledged, header.Unacknowledged);
        if (ahead > Distance(_unacknowledged, _sendNext))
            return false;
        // An older datagram: what it says about the window is out of date.
        if (ahead < 0)
            return true;
        _otherWindow = header.Window;
        for (; ahead > 0; ahead--)
            Forget(_unacknowledged++, nowMs);
        SkipAcknowledged();
        return true;
    }

    private void TakeAcknowledgement(in KcpHeader header, long nowMs, ref Acknowledged acknowledged)
    {
        MeasureRoundTrip(header.Time, nowMs);
        if (Distance(_unacknowledged, header.Number) < 0 || Distance(header.Number, _sendNext) <= 0)
            return;
        Forget(header.Number, nowMs);
        SkipAcknowledged();
        if (!acknowledged.Any || Distance(acknowledged.Newest, header.Number) > 0)
            acknowledged = new Acknowledged { Any = true, Newest = header.Number, SentAt = header.Time };
    }

    private void Forget(uint number, long nowMs)
    {
        ref var slot = ref _underWay![number & _mask];
        if (slot is null)
            return;
        slot.Release();
        slot = null;
        _progressAtMs = nowMs;
    }

    private void SkipAcknowledged()
    {
        while (_unacknowledged != _sendNext && _underWay![_unacknowledged & _mask] is null)
            _unacknowledged++;
        if (_unacknowledged == _sendNext)
            _resendAtMs = long.MaxValue;
    }

    /// <summary>Segments that were sent before the newest acknowledged one have been overtaken by it.</summary>
    private void CountOvertaken(in Acknowledged acknowledged)
    {
        for (var number = _unacknowledged; Distance(number, acknowledged.Newest) > 0; number++)
        {
            if (_underWay![number & _mask] is { Sends: > 0 } segment
                && Distance((uint)segment.SentAtMs, acknowledged.SentAt) >= 0
                && ++segment.Overtaken >= ResendWhenOvertaken
                && segment.FastResends < settings.MaxFastResends)
                _resendAtMs = long.MinValue;
        }
    }

    private void WriteProbes(ref Writer writer, in KcpHeader common, long nowMs)
    {
        if (_otherWindow > 0 || _queue.Count == 0)
        {
            _probeAtMs = long.MaxValue;
            _probeAfterMs = 0;
        }
        else if (_probeAfterMs == 0 || nowMs >= _probeAtMs)
        {
            if (_probeAfterMs > 0)
                writer.Add(common with { Command = KcpSegment.AskWindow }, default);
            _probeAfterMs = Math.Min(Math.Max(settings.FirstProbeMs, 2 * _probeAfterMs), settings.MaxProbeMs);
            _probeAtMs = nowMs + _probeAfterMs;
        }

        if (_tellWindow)
            writer.Add(common with { Command = KcpSegment.TellWindow }, default);
        _tellWindow = false;
        _toldWindow = common.Window;
    }

    private void Launch()
    {
        while (CanLaunch)
        {
            _underWay ??= new KcpSegment?[settings.Window];
            var segment = _queue.Dequeue();
            segment.Number = _sendNext;
            _underWay[_sendNext++ & _mask] = segment;
            _resendAtMs = long.MinValue;
        }
    }

    private void WriteSegments(ref Writer writer, in KcpHeader common, long nowMs)
    {
        if (nowMs < _resendAtMs)
            return;
        _resendAtMs = long.MaxValue;
        for (var number = _unacknowledged; number != _sendNext; number++)
        {
            if (_underWay![number & _mask] is not { } segment)
                continue;
            if (MustSend(segment, nowMs))
            {
                segment.SentAtMs = nowMs;
                segment.Sends++;
                segment.Overtaken = 0;
                var header = common with
                {
                    Command = KcpSegment.Push,
                    Fragment = segment.Fragment,
                    Number = number,
                    Length = (uint)segment.Length,
                };
                writer.Add(header, segment.Data);
            }

            _resendAtMs = Math.Min(_resendAtMs, segment.SentAtMs + segment.ResendAfterMs);
        }
    }

    private bool MustSend(KcpSegment segment, long nowMs)
    {
        if (segment.Sends == 0)
        {
            segment.ResendAfterMs = _resendAfterMs;
            if (_unacknowledged == segment.Number)
                _progressAtMs = nowMs;
            return true;
        }

        if (nowMs >= segment.SentAtMs + segment.ResendAfterMs)
        {
            segment.ResendAfterMs = segment.ResendAfterMs == 0 || (IsThin && segment.Sends <= settings.ThinResends)
                ? _resendAfterMs
                : Math.Min(segment.ResendAfterMs + segment.ResendAfterMs / 2, settings.MaxResendMs);
            Resent++;
            return true;
        }

        if (segment.Overtaken < ResendWhenOvertaken || segment.FastResends >= settings.MaxFastResends)
            return false;
        segment.FastResends++;
        Resent++;
        return true;
    }

    private void ReleaseOutgoing()
    {
        while (_queue.Count > 0)
            _queue.Dequeue().Release();
        for (; _unacknowledged != _sendNext; _unacknowledged++)
        {
            _underWay![_unacknowledged & _mask]?.Release();
            _underWay[_unacknowledged & _mask] = null;
        }

        _resendAtMs = _probeAtMs = long.MaxValue;
    }
}
