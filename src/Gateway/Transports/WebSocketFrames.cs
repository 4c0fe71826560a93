using System.Buffers;
using System.Buffers.Binary;

namespace GameBackend.Gateway.Transports;

/// <summary>The frame opcodes of RFC 6455, 11.8. From <see cref="Close"/> on they are control frames.</summary>
internal enum WebSocketOpcode
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>A client's frame.</summary>
/// <param name="Payload">Still masked.</param>
internal readonly record struct WebSocketFrame(
    WebSocketOpcode Opcode, bool IsFinal, ReadOnlySequence<byte> Payload, uint Mask)
{
    public bool IsControl => Opcode >= WebSocketOpcode.Close;

    /// <summary>Writes the payload, unmasked.</summary>
    /// <param name="target">Of the payload's length.</param>
    public void CopyTo(Span<byte> target)
    {
        Payload.CopyTo(target);
        Span<byte> mask = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(mask, Mask);
        for (var i = 0; i < target.Length; i++)
            target[i] ^= mask[i & 3];
    }
}

/// <summary>The framing of a WebSocket's two directions (RFC 6455, 5.2), without extensions.</summary>
internal static class WebSocketFrames
{
    /// <summary>The longest header of a server's frame.</summary>
    public const int MaxHeaderBytes = 10;

    /// <summary>The longest payload of a control frame.</summary>
    public const int MaxControlBytes = 125;

    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte Masked = 0x80;
    private const int MaskBytes = 4;

    /// <summary>Takes one whole frame off the front of a buffer, if there is one.</summary>
    /// <exception cref="ProtocolViolationException">It is no frame that a client may send.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int maxBytes, out WebSocketFrame frame)
    {
        frame = default;
        Span<byte> head = stackalloc byte[MaxHeaderBytes + MaskBytes];
        var known = (int)Math.Min(buffer.Length, head.Length);
        if (known < 2)
            return false;
        buffer.Slice(0, known).CopyTo(head);
        var opcode = Check(head[0], head[1]);
        var lengthBytes = (head[1] & ~Masked) switch { 126 => 2, 127 => 8, _ => 0 };
        var headerBytes = 2 + lengthBytes + MaskBytes;
        if (known < headerBytes)
            return false;
        var length = lengthBytes switch
        {
            0 => (ulong)(head[1] & ~Masked),
            2 => BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(head[2..]),
        };
        if (length > (ulong)maxBytes)
        {
            throw new ProtocolViolationException(
                $"A message over {maxBytes} bytes.", ProtocolViolationException.TooBig);
        }

        if (buffer.Length < headerBytes + (long)length)
            return false;
        var mask = BinaryPrimitives.ReadUInt32BigEndian(head[(2 + lengthBytes)..]);
        frame = new WebSocketFrame(opcode, (head[0] & Final) != 0, buffer.Slice(headerBytes, (long)length), mask);
        buffer = buffer.Slice(headerBytes + (long)length);
        return true;
    }

    /// <summary>Writes the header of a server's whole message, or of a control frame.</summary>
    /// <returns>The header's length.</returns>
    public static int WriteHeader(Span<byte> target, WebSocketOpcode opcode, int size)
    {
        target[0] = (byte)(Final | (byte)opcode);
        switch (size)
        {
            case <= MaxControlBytes:
                target[1] = (byte)size;
                return 2;
            case <= ushort.MaxValue:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)size);
                return 4;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)size);
                return MaxHeaderBytes;
        }
    }

    private static WebSocketOpcode Check(byte first, byte second)
    {
        var opcode = (WebSocketOpcode)(first & 0x0F);
        if ((first & Reserved) != 0)
            throw new ProtocolViolationException("A WebSocket frame with reserved bits: no extension was agreed on.");
        if (!Enum.IsDefined(opcode))
            throw new ProtocolViolationException($"A WebSocket frame of the reserved opcode {(int)opcode}.");
        if ((second & Masked) == 0)
            throw new ProtocolViolationException("A WebSocket frame without a mask.");
        if (opcode >= WebSocketOpcode.Close && ((first & Final) == 0 || (second & ~Masked) > MaxControlBytes))
            throw new ProtocolViolationException("A WebSocket control frame in parts, or of over 125 bytes.");
        return opcode;
    }
}
