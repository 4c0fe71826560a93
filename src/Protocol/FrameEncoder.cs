using System.Buffers.Binary;
using Google.Protobuf;

namespace GameBackend.Protocol;

/// <summary>Collects envelopes as frames in one buffer, so that all that are ready go out in one write.</summary>
/// <param name="maxFrameBytes">A longer envelope is refused.</param>
public sealed class FrameEncoder(int maxFrameBytes = FrameLimits.MaxFrameBytes)
{
    private byte[] _buffer = new byte[512];
    private int _length;

    /// <summary>The frames that were added since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Adds one frame.</summary>
    /// <exception cref="FrameException">The envelope is empty or too long; nothing is added.</exception>
    public void Add(IMessage envelope)
    {
        var size = envelope.CalculateSize();
        envelope.WriteTo(Reserve(size));
    }

    /// <summary>Adds one frame with an envelope that is encoded already.</summary>
    /// <exception cref="FrameException">The envelope is empty or too long; nothing is added.</exception>
    public void Add(ReadOnlySpan<byte> envelope) => envelope.CopyTo(Reserve(envelope.Length));

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _length = 0;

    private Span<byte> Reserve(int size)
    {
        if (size == 0 || size > maxFrameBytes)
            throw new FrameException($"An envelope of {size} bytes, where 1 to {maxFrameBytes} are allowed.");
        var total = _length + FrameLimits.LengthBytes + size;
        if (total > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(total, _buffer.Length * 2));
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(_length), (uint)size);
        var body = _buffer.AsSpan(_length + FrameLimits.LengthBytes, size);
        _length = total;
        return body;
    }
}
