using System.Buffers;
using System.Net;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// One client's socket. Frames are queued without waiting and go out together, in order, with as few writes as the
/// socket's pace allows. The queue is bounded: a client that does not read is cut, alone.
/// </summary>
internal abstract class ClientConnection(int maxQueuedBytes) : IThreadPoolWorkItem
{
    /// <summary>How long a client may take to read the last frames and to close its side.</summary>
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    private const int MaxHeaderBytes = 10;

    private readonly Lock _gate = new();
    private byte[]? _queued;
    private int _queuedBytes;
    private bool _sending;
    private bool _closing;
    private bool _dropped;
    private TaskCompletionSource? _closed;

    /// <summary>The transport's name in logs and metrics.</summary>
    public abstract string Transport { get; }

    public abstract EndPoint? Remote { get; }

    /// <summary>Whether so much waits for the socket that whoever can wait should.</summary>
    public bool IsCrowded => Volatile.Read(ref _queuedBytes) > maxQueuedBytes / 2;

    /// <summary>Bytes that wait for the socket, besides those that are being written.</summary>
    public int QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Reads until the client ends, and hands each envelope to the session.</summary>
    /// <exception cref="ProtocolViolationException">What came is no envelope.</exception>
    public abstract Task ReceiveAsync(Session session);

    /// <summary>
    /// Reads until the client ends and throws all of it away, so that a last word still reaches the client.
    /// </summary>
    public abstract Task DiscardAsync();

    /// <summary>Writes what stands before an envelope of this size: at most <see cref="MaxHeaderBytes"/>.</summary>
    /// <returns>The header's length.</returns>
    protected abstract int WriteHeader(Span<byte> target, int size);

    /// <summary>Writes whole frames, each behind its header.</summary>
    protected abstract ValueTask WriteAsync(ReadOnlyMemory<byte> frames);

    /// <summary>Ends the outgoing direction, so that the client reads all that was sent and then the end.</summary>
    protected abstract ValueTask FinishAsync();

    /// <summary>Drops the socket. Called once at most, and possibly when it is gone already.</summary>
    protected abstract void Drop();

    /// <summary>Turns a frame into what goes out, on a connection where that is not the binary envelope.</summary>
    public virtual ServerFrame Prepare(in ServerFrame frame) => frame;

    /// <summary>Queues a frame that is prepared.</summary>
    /// <param name="more">
    /// True if other frames will follow at once; the write then waits for a moment to take them along.
    /// </param>
    /// <returns>False if the client is too slow and the queue is full.</returns>
    public bool Send(in ServerFrame frame, bool more)
    {
        lock (_gate)
        {
            if (_closing)
                return true;
            var size = EnvelopeCodec.Size(frame);
            if (_queuedBytes + MaxHeaderBytes + size > maxQueuedBytes)
                return false;

            Append(frame, size);
            if (_sending)
                return true;
            _sending = true;
        }

        StartSending(more);
        return true;
    }

    /// <summary>Queues bytes of the transport's own, such as the answer to a ping.</summary>
    /// <returns>False if the client is too slow and the queue is full.</returns>
    protected bool SendOwn(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_closing)
                return true;
            if (_queuedBytes + bytes.Length > maxQueuedBytes)
                return false;
            Reserve(_queuedBytes + bytes.Length);
            bytes.CopyTo(_queued.AsSpan(_queuedBytes));
            _queuedBytes += bytes.Length;
            if (_sending)
                return true;
            _sending = true;
        }

        StartSending(more: false);
        return true;
    }

    /// <summary>
    /// Sends a last frame behind what is queued, and ends the connection. A client that does not follow is dropped
    /// after 2 s.
    /// </summary>
    /// <param name="last">Prepared.</param>
    /// <param name="unread">True if what is queued is given up: the client does not read it.</param>
    public void Close(in ServerFrame last, bool unread = false)
    {
        lock (_gate)
        {
            if (_closing)
                return;
            if (unread)
                _queuedBytes = 0;
            Append(last, EnvelopeCodec.Size(last));
            if (!BeginClosing())
                return;
        }

        StartSending(more: false);
    }

    /// <summary>Ends with the client: what is queued goes out, if the client takes it.</summary>
    /// <returns>When nothing uses the socket any more.</returns>
    public Task EndAsync()
    {
        bool start;
        lock (_gate)
            start = !_closing && BeginClosing();
        if (start)
            StartSending(more: false);
        return _closed!.Task;
    }

    /// <summary>Drops the socket without a word.</summary>
    public void Abort()
    {
        if (!Interlocked.Exchange(ref _dropped, true))
            Drop();
    }

    void IThreadPoolWorkItem.Execute() => _ = SendQueued();

    /// <returns>
    /// True if the caller has to start sending; else a write is under way and sees to the end itself.
    /// </returns>
    private bool BeginClosing()
    {
        _closing = true;
        _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = AbortLater();
        if (_sending)
            return false;
        return _sending = true;
    }

    private async Task AbortLater()
    {
        await Task.Delay(CloseGrace);
        Abort();
    }

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
                if (buffer is null)
                    return;
                try
                {
                    await WriteAsync(buffer.AsMemory(0, length));
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }

            await FinishAsync();
        }
        catch (Exception)
        {
            // The socket is gone. The reading side ends with it and reports that.
            Abort();
            lock (_gate)
            {
                if (!_closing)
                    BeginClosing();
            }
        }

        _closed!.TrySetResult();
    }

    /// <summary>Takes all that waits; null if that is nothing, which ends the sending for now.</summary>
    /// <returns>False if nothing waits and nothing will come any more.</returns>
    private bool TryTake(out byte[]? buffer, out int length)
    {
        lock (_gate)
        {
            (buffer, length) = (_queued, _queuedBytes);
            _queued = null;
            _queuedBytes = 0;
            if (buffer is not null)
                return true;
            // The flag stays up while closing, so that the end is sent once.
            _sending = _closing;
            return !_closing;
        }
    }

    private void Append(in ServerFrame frame, int size)
    {
        Reserve(_queuedBytes + MaxHeaderBytes + size);
        _queuedBytes += WriteHeader(_queued.AsSpan(_queuedBytes), size);
        EnvelopeCodec.Write(frame, _queued.AsSpan(_queuedBytes));
        _queuedBytes += size;
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
