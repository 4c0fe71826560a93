using System.Buffers;
using System.Buffers.Binary;

namespace GameBackend.Gateway.Transports;

/// <summary>TCP framing: a 4-byte big-endian length, then that many bytes of envelope.</summary>
internal static class Frames
{
    public const int HeaderBytes = 4;

    /// <returns>The header's length.</returns>
    public static int WriteHeader(Span<byte> target, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, length);
        return HeaderBytes;
    }

    /// <summary>Takes one whole frame off the front of a buffer, if there is one.</summary>
    /// <exception cref="ProtocolViolationException">The length is zero or over <paramref name="maxBytes"/>.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int maxBytes, out ReadOnlySequence<byte> envelope)
    {
        envelope = default;
        if (buffer.Length < HeaderBytes)
            return false;

        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length == 0 || length > maxBytes)
            throw new ProtocolViolationException($"A frame of {length} bytes; 1 to {maxBytes} are allowed.");
        if (buffer.Length < HeaderBytes + length)
            return false;

        envelope = buffer.Slice(HeaderBytes, length);
        buffer = buffer.Slice(HeaderBytes + length);
        return true;
    }
}

/// <summary>The client broke the protocol; its connection is closed with the message as the reason.</summary>
/// <param name="closeStatus">Of a WebSocket's close frame (RFC 6455, 7.4.1); 1002 is a protocol error.</param>
public sealed class ProtocolViolationException(string message, int closeStatus = 1002) : Exception(message)
{
    public const int Unsupported = 1003;
    public const int NotText = 1007;
    public const int TooBig = 1009;

    public int CloseStatus { get; } = closeStatus;
}
