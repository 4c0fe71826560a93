using GameBackend.Protocol;

namespace GameBackend.Client.Transports;

/// <summary>Envelopes on a byte stream, each behind its length in four bytes.</summary>
public sealed class TcpTransport(Stream stream) : ITransport
{
    private readonly FrameDecoder _decoder = new();
    private readonly FrameEncoder _encoder = new();

    public async ValueTask Send(ReadOnlyMemory<byte> envelope, bool more, CancellationToken cancellation)
    {
        _encoder.Add(envelope.Span);
        if (more && _encoder.Written.Length < FrameLimits.MaxFrameBytes)
            return;
        await stream.WriteAsync(_encoder.Written, cancellation).ConfigureAwait(false);
        _encoder.Clear();
    }

    public async ValueTask<ReadOnlyMemory<byte>?> Receive(CancellationToken cancellation)
    {
        while (true)
        {
            if (_decoder.TryRead(out var frame))
                return frame;
            var read = await stream.ReadAsync(_decoder.GetMemory(), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return _decoder.IsInsideFrame
                    ? throw new EndOfStreamException("The stream ends inside a frame.")
                    : null;
            }
            _decoder.Advance(read);
        }
    }

    public void Abort() => stream.Dispose();

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
