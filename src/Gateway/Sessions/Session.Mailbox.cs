using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Sessions;

/// <summary>
/// Following the player's mailbox: the next number is sent, an older one dropped, a newer one makes it read the gap.
/// </summary>
internal sealed partial class Session
{
    private const int PageItems = 64;
    private const int ForwardAckEvery = 64;
    private static readonly TimeSpan CrowdedPause = TimeSpan.FromMilliseconds(10);

    private ulong _sentSeq;
    private ulong _wantedSeq;
    private ulong _ackedSeq;
    private ulong _forwardedAck;
    private Task? _fill;
    private long _gapSinceUs;

    /// <summary>The client's acknowledgement.</summary>
    public ulong AckedSeq => _ackedSeq;

    /// <summary>Pushes of the mailbox that were sent, and that the client has not acknowledged.</summary>
    public ulong Unacknowledged
    {
        get
        {
            lock (_gate)
                return _sentSeq - _ackedSeq;
        }
    }

    /// <summary>Takes an item from a lane or from a reply, in any order and any number of times.</summary>
    /// <param name="sentUs">When it was sent, in microseconds since 1970-01-01 UTC; 0 if that is not known.</param>
    public void Deliver(MailboxItem item, long sentUs = 0)
    {
        lock (_gate)
        {
            if (_state != SessionState.Open)
                return;
            if (item.Seq == 0 || item.Seq == _sentSeq + 1)
            {
                SendItem(item);
                if (item.Seq != 0)
                    RecordLag(sentUs);
            }
            else if (item.Seq > _sentSeq)
            {
                if (_gapSinceUs == 0)
                    _gapSinceUs = sentUs;
                StartFill(item.Seq);
            }
        }
    }

    /// <summary>The mailbox reaches at least to <paramref name="headSeq"/>: what is missing is read and sent.</summary>
    /// <returns>When it has been sent, or reading it has failed; then the next heartbeat tries again.</returns>
    public Task CatchUp(ulong headSeq)
    {
        lock (_gate)
        {
            if (_state != SessionState.Open || headSeq <= _sentSeq)
                return Task.CompletedTask;
            return StartFill(headSeq);
        }
    }

    /// <summary>Tells the player grain that the session lives, and catches up with the mailbox.</summary>
    /// <returns>Whether it does, and how far the mailbox reaches. A session that is over has to be closed.</returns>
    public async Task<HeartbeatResult> Check()
    {
        LastCheckedMs = Environment.TickCount64;
        var result = await Player.Heartbeat(Epoch, AckedSeq);
        if (result.Live)
            _ = CatchUp(result.Mailbox.Head);
        return result;
    }

    /// <summary>Whether everything up to <paramref name="seq"/> is on its way to the client.</summary>
    public bool HasSent(ulong seq)
    {
        lock (_gate)
            return _sentSeq >= seq;
    }

    private Task StartFill(ulong wanted)
    {
        _wantedSeq = Math.Max(_wantedSeq, wanted);
        if (_fill is null or { IsCompleted: true })
        {
            _dispatcher.Metrics.GapFills.Add(1);
            _fill = Task.Run(Fill);
        }

        return _fill;
    }

    private async Task Fill()
    {
        var mailbox = _dispatcher.Grains.GetGrain<IMailboxGrain>(PlayerId);
        try
        {
            while (NextMissing() is { } from)
            {
                var items = await mailbox.Read(from, PageItems);
                foreach (var item in items)
                    await SendRead(item);
                if (items.Length == 0)
                {
                    lock (_gate)
                        _wantedSeq = _sentSeq;
                }
            }
        }
        catch (Exception e)
        {
            _dispatcher.LogFillFailed(e, PlayerId);
            lock (_gate)
                _fill = null;
        }
    }

    /// <summary>
    /// Sends an item of the log at the pace of the client: a long backlog does not make it a slow reader.
    /// </summary>
    private async ValueTask SendRead(MailboxItem item)
    {
        while (_connection.IsCrowded && _state == SessionState.Open)
            await Task.Delay(CrowdedPause);
        lock (_gate)
        {
            // A hole inside the log is a backlog that was dropped; the Resync behind it says so.
            if (item.Seq > _sentSeq && _state == SessionState.Open)
                SendItem(item);
        }
    }

    private ulong? NextMissing()
    {
        lock (_gate)
        {
            if (_state == SessionState.Open && _sentSeq < _wantedSeq)
                return _sentSeq + 1;
            // Cleared under the gate, so that an item which comes now starts a new fill.
            _fill = null;
            RecordLag(_gapSinceUs);
            _gapSinceUs = 0;
            return null;
        }
    }

    private void SendItem(MailboxItem item)
    {
        if (item.Seq != 0)
            _sentSeq = item.Seq;
        _dispatcher.Metrics.Pushes.Add(1);
        Send(new ServerFrame(0, item.Op, item.Body, item.Seq));
    }

    /// <summary>Once for each push that comes over a lane, and once for a gap: by the push that has shown it.</summary>
    private void RecordLag(long sentUs)
    {
        if (sentUs != 0)
        {
            var nowUs = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMicroseconds;
            _dispatcher.Metrics.MailboxLag.Record(Math.Max(0, nowUs - sentUs) / 1000);
        }
    }

    private void Acknowledge(ulong seq)
    {
        ulong forward = 0;
        lock (_gate)
        {
            if (_state != SessionState.Open || seq <= _ackedSeq)
                return;
            _ackedSeq = Math.Min(seq, _sentSeq);
            // A share of the backlog, so that a client that keeps up never looks as if it did not.
            if (_ackedSeq - _forwardedAck >= (ulong)Math.Clamp(Limits.MaxMailboxBacklog / 8, 1, ForwardAckEvery))
                forward = _forwardedAck = _ackedSeq;
        }

        if (forward != 0)
            _dispatcher.Grains.GetGrain<IMailboxGrain>(PlayerId).Ack(Epoch, forward).Ignore();
    }
}
