using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// One client's socket. Frames are queued without waiting and go out together, in order, with as few writes as the socket's
/// pace allows. The queue is bounded: a client that does not read is cut, alone.
/// </summary>
internal abstract class ClientConnection(int maxQueuedBytes) : IThreadPoolWorkItem
{
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private byte[]? _queued;
    private int _queuedBytes;
    private bool _sending;
    private bool _closing;

    /// <summary>The transport's name in logs and metrics.</summary>
    public abstract string Transport { get; }

    public abstract EndPoint? Remote { get; }

    /// <summary>Reads until the socket ends, and hands each envelope to the session.</summary>
    public abstract Task ReceiveAsync(Session session);

    /// <summary>Reads until the socket ends and throws all of it away, so that a last word still reaches the client.</summary>
    public abstract Task DiscardAsync();

    /// <summary>Drops the socket without a word.</summary>
    public abstract void Abort();

    /// <summary>Writes whole frames, each behind its 4-byte length.</summary>
    protected abstract ValueTask WriteAsync(ReadOnlyMemory<byte> frames);

    /// <summary>Ends the outgoing direction, so that the client reads all that was sent and then the end.</summary>
    protected abstract ValueTask FinishAsync();

    /// <summary>Queues a frame.</summary>
    /// <param name="more">True if other frames will follow at once; the write then waits for a moment to take them along.</param>
    /// <returns>False if the client is too slow and the queue is full.</returns>
    public bool Send(in ServerFrame frame, bool more)
    {
        lock (_gate)
        {
            if (_closing)
                return true;
            var size = EnvelopeCodec.Size(frame);
            var total = _queuedBytes + Frames.HeaderBytes + size;
            if (total > maxQueuedBytes)
                return false;

            Reserve(total);
            var target = _queued.AsSpan(_queuedBytes);
            BinaryPrimitives.WriteInt32BigEndian(target, size);
            EnvelopeCodec.Write(frame, target[Frames.HeaderBytes..]);
            _queuedBytes = total;
            if (_sending)
                return true;
            _sending = true;
        }

        StartSending(more);
        return true;
    }

    /// <summary>Lets the queue drain, then ends the connection; a client that does not follow is dropped after 2 s.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closing)
                return;
            _closing = true;
            if (_sending)
                return;
            _sending = true;
        }

        StartSending(more: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = SendQueued();

    private void StartSending(bool more)
    {
        if (more)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else
            _ = SendQueued();
    }

    private async Task SendQueued()
    {
        try
        {
            while (TryTake(out var buffer, out var length))
            {
                try
                {
                    await WriteAsync(buffer.AsMemory(0, length));
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            if (_closing)
                await Finish();
        }
        catch (Exception)
        {
            // The socket is gone. The reading side ends with it and reports that.
            Abort();
        }
    }

    private async Task Finish()
    {
        await FinishAsync();
        await Task.Delay(CloseGrace);
        Abort();
    }

    private bool TryTake(out byte[] buffer, out int length)
    {
        lock (_gate)
        {
            (buffer, length) = (_queued!, _queuedBytes);
            _queued = null;
            _queuedBytes = 0;
            // While closing nothing more is queued, and the flag stays up so that the end is sent once.
            if (length == 0 && !_closing)
                _sending = false;
            return length > 0;
        }
    }

    private void Reserve(int total)
    {
        if (_queued is not null && _queued.Length >= total)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(total, 256));
        if (_queued is not null)
        {
            _queued.AsSpan(0, _queuedBytes).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_queued);
        }

        _queued = larger;
    }
}
