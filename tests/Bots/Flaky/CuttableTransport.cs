using GameBackend.Client.Transports;

namespace GameBackend.Bots.Flaky;

/// <summary>A transport of whole messages that cuts itself as planned, as long as cuts are wanted.</summary>
internal sealed class CuttableTransport : ITransport
{
    private readonly ITransport _inner;
    private readonly CutPlan _plan;
    private readonly Func<bool> _cutsAreWanted;
    private readonly Timer _timer;
    private long _written;
    private long _read;

    public CuttableTransport(ITransport inner, CutPlan plan, Func<bool> cutsAreWanted)
    {
        (_inner, _plan, _cutsAreWanted) = (inner, plan, cutsAreWanted);
        _timer = new Timer(_ => CutIfWanted(), null, plan.After, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask Send(ReadOnlyMemory<byte> envelope, bool more, CancellationToken cancellation)
    {
        _written += envelope.Length;
        if (_written < _plan.AfterWritten)
        {
            await _inner.Send(envelope, more, cancellation);
            return;
        }

        // Whether it is cut before or after it was sent is the plan's other half.
        if (!_plan.Reset || !_cutsAreWanted())
            await _inner.Send(envelope, more: false, cancellation);
        CutIfWanted();
    }

    public async ValueTask<ReadOnlyMemory<byte>?> Receive(CancellationToken cancellation)
    {
        var envelope = await _inner.Receive(cancellation);
        _read += envelope?.Length ?? 0;
        return _read >= _plan.AfterRead && CutIfWanted() ? throw new IOException("Cut.") : envelope;
    }

    public void Abort() => _inner.Abort();

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _inner.DisposeAsync();
    }

    private bool CutIfWanted()
    {
        if (!_cutsAreWanted())
            return false;
        _inner.Abort();
        return true;
    }
}
