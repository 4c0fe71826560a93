using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// Stands under a WebSocket and holds its writes back until <see cref="FlushHeld"/>, so that all frames that are ready
/// cost one write. A WebSocket alone writes and flushes each frame.
/// </summary>
internal sealed class CoalescingStream(Stream inner) : Stream
{
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private byte[]? _held;
    private int _heldBytes;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>While true, flushes of the WebSocket do nothing and <see cref="FlushHeld"/> follows.</summary>
    public bool Holding { get; set; }

    /// <summary>Writes what was held back.</summary>
    public async ValueTask FlushHeld()
    {
        // The receiving side writes too, when it answers a ping.
        await _flushing.WaitAsync();
        byte[]? held = null;
        try
        {
            int length;
            lock (_flushing)
            {
                (held, length) = (_held, _heldBytes);
                _held = null;
                _heldBytes = 0;
            }

            if (held is null)
                return;
            await inner.WriteAsync(held.AsMemory(0, length));
            await inner.FlushAsync();
        }
        finally
        {
            _flushing.Release();
            if (held is not null)
                ArrayPool<byte>.Shared.Return(held);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Hold(buffer.Span);
        return ValueTask.CompletedTask;
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        lock (_flushing)
        {
            if (_held is null || _held.Length - _heldBytes < bytes.Length)
                Grow(bytes.Length);
            bytes.CopyTo(_held.AsSpan(_heldBytes));
            _heldBytes += bytes.Length;
        }
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, _heldBytes + more));
        if (_held is not null)
        {
            _held.AsSpan(0, _heldBytes).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_held);
        }

        _held = larger;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) =>
        Hold(buffer.AsSpan(offset, count));

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        Holding ? Task.CompletedTask : FlushHeld().AsTask();

    public override void Flush() { }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Gives the WebSocket handshake a stream of this kind.</summary>
    internal sealed class Upgrade(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
    {
        public CoalescingStream? Stream { get; private set; }

        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => Stream = new CoalescingStream(await inner.UpgradeAsync());
    }
}
