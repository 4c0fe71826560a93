using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Sessions;

/// <summary>Following the player's mailbox: the next number is sent, an older one dropped, a newer one makes it read the gap.</summary>
internal sealed partial class Session
{
    private const int PageItems = 64;
    private const ulong ForwardAckEvery = 64;

    private ulong _sentSeq;
    private ulong _wantedSeq;
    private ulong _ackedSeq;
    private ulong _forwardedAck;
    private Task? _fill;

    /// <summary>The client's acknowledgement.</summary>
    public ulong AckedSeq => _ackedSeq;

    /// <summary>Takes an item from a lane or from a reply, in any order and any number of times.</summary>
    public void Deliver(MailboxItem item)
    {
        lock (_gate)
        {
            if (_state != SessionState.Open)
                return;
            if (item.Seq == 0 || item.Seq == _sentSeq + 1)
                SendItem(item);
            else if (item.Seq > _sentSeq)
                StartFill(item.Seq);
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
                lock (_gate)
                {
                    foreach (var item in items)
                    {
                        // A hole inside the log is a backlog that was dropped; the Resync behind it says so.
                        if (item.Seq > _sentSeq && _state == SessionState.Open)
                            SendItem(item);
                    }

                    if (items.Length == 0)
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

    private ulong? NextMissing()
    {
        lock (_gate)
        {
            if (_state == SessionState.Open && _sentSeq < _wantedSeq)
                return _sentSeq + 1;
            // Cleared under the gate, so that an item which comes now starts a new fill.
            _fill = null;
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

    private void Acknowledge(ulong seq)
    {
        ulong forward = 0;
        lock (_gate)
        {
            if (_state != SessionState.Open || seq <= _ackedSeq)
                return;
            _ackedSeq = Math.Min(seq, _sentSeq);
            if (_ackedSeq - _forwardedAck >= ForwardAckEvery)
                forward = _forwardedAck = _ackedSeq;
        }

        if (forward != 0)
            _dispatcher.Grains.GetGrain<IMailboxGrain>(PlayerId).Ack(Epoch, forward).Ignore();
    }
}
