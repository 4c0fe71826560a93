using System.Net.Sockets;

namespace GameBackend.Bots.Flaky;

/// <summary>A socket's stream that cuts itself as planned, at any byte, as long as cuts are wanted.</summary>
internal sealed class CuttableStream : Stream
{
    private readonly Socket _socket;
    private readonly NetworkStream _inner;
    private readonly CutPlan _plan;
    private readonly Func<bool> _cutsAreWanted;
    private readonly Timer _timer;
    private long _written;
    private long _read;

    public CuttableStream(Socket socket, CutPlan plan, Func<bool> cutsAreWanted)
    {
        _socket = socket;
        _inner = new NetworkStream(socket, ownsSocket: true);
        _plan = plan;
        _cutsAreWanted = cutsAreWanted;
        _timer = new Timer(_ => CutIfWanted(), null, plan.After, Timeout.InfiniteTimeSpan);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _inner.ReadAsync(buffer, cancellationToken);
        var allowed = _plan.AfterRead - _read;
        _read += read;
        if (read < allowed || !CutIfWanted())
            return read;
        return allowed > 0 ? (int)allowed : throw new IOException("Cut.");
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var allowed = _plan.AfterWritten - _written;
        _written += buffer.Length;
        if (buffer.Length < allowed || !_cutsAreWanted())
        {
            await _inner.WriteAsync(buffer, cancellationToken);
            return;
        }
        await _inner.WriteAsync(buffer[..(int)Math.Max(0, allowed)], cancellationToken);
        CutIfWanted();
        throw new IOException("Cut.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer.Dispose();
            _inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool CutIfWanted()
    {
        if (!_cutsAreWanted())
            return false;
        try
        {
            // With a lingering time of zero the other side sees a reset, else an end.
            if (_plan.Reset)
                _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (ObjectDisposedException)
        {
            // It is closed already.
        }
        catch (SocketException)
        {
            // As above.
        }
        _inner.Dispose();
        return true;
    }
}
