using System.Buffers.Binary;
using System.Text.Unicode;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// A client's envelope, read in place. <see cref="Body"/> and <see cref="TraceParent"/> point into the received bytes.
/// </summary>
internal readonly ref struct ClientFrame(
    uint id, uint op, ReadOnlySpan<byte> body, ulong ack, ReadOnlySpan<byte> traceParent)
{
    public uint Id { get; } = id;
    public uint Op { get; } = op;
    public ReadOnlySpan<byte> Body { get; } = body;
    public ulong Ack { get; } = ack;
    public ReadOnlySpan<byte> TraceParent { get; } = traceParent;
}

/// <summary>A server's envelope, before it is encoded.</summary>
/// <param name="Text">The envelope as it goes out where that is not the binary form; else empty.</param>
internal readonly record struct ServerFrame(
    uint Id,
    uint Op,
    ReadOnlyMemory<byte> Body,
    ulong Seq = 0,
    GameError Error = GameError.Ok,
    uint RetryAfterMs = 0,
    ulong FaultId = 0,
    ReadOnlyMemory<byte> Text = default);

/// <summary>
/// Reads and writes the two envelopes of <c>envelope.proto</c> without allocating. The wire format is protobuf's
/// (https://protobuf.dev/programming-guides/encoding/); a test compares it with the generated classes.
/// </summary>
internal static class EnvelopeCodec
{
    private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;
    private const uint MaxFieldNumber = (1 << 29) - 1;

    /// <exception cref="ProtocolViolationException">The bytes are not a ClientEnvelope.</exception>
    public static ClientFrame Read(ReadOnlySpan<byte> bytes)
    {
        uint id = 0, op = 0;
        ulong ack = 0;
        ReadOnlySpan<byte> body = default, traceParent = default;
        while (!bytes.IsEmpty)
        {
            var tag = ReadVarint(ref bytes);
            switch (tag)
            {
                case 1 << 3 | Varint: id = (uint)ReadVarint(ref bytes); break;
                case 2 << 3 | Varint: op = (uint)ReadVarint(ref bytes); break;
                case 3 << 3 | LengthDelimited: body = ReadBytes(ref bytes); break;
                case 4 << 3 | Varint: ack = ReadVarint(ref bytes); break;
                case 5 << 3 | LengthDelimited: traceParent = ReadText(ref bytes); break;
                default: Skip(ref bytes, tag); break;
            }
        }

        return new ClientFrame(id, op, body, ack, traceParent);
    }

    /// <summary>The encoded size in bytes.</summary>
    public static int Size(in ServerFrame frame)
    {
        if (frame.Text.Length != 0)
            return frame.Text.Length;
        var size = 0;
        if (frame.Id != 0) size += 1 + VarintSize(frame.Id);
        if (frame.Op != 0) size += 1 + VarintSize(frame.Op);
        if (frame.Body.Length != 0) size += 1 + VarintSize((uint)frame.Body.Length) + frame.Body.Length;
        if (frame.Seq != 0) size += 1 + VarintSize(frame.Seq);
        if (frame.Error != 0) size += 1 + VarintSize((uint)frame.Error);
        if (frame.RetryAfterMs != 0) size += 1 + VarintSize(frame.RetryAfterMs);
        if (frame.FaultId != 0) size += 1 + sizeof(ulong);
        return size;
    }

    /// <summary>Encodes a frame into <paramref name="target"/>, which has at least <see cref="Size"/> bytes.</summary>
    public static void Write(in ServerFrame frame, Span<byte> target)
    {
        if (frame.Text.Length != 0)
        {
            frame.Text.Span.CopyTo(target);
            return;
        }

        WriteField(ref target, 1 << 3 | Varint, frame.Id);
        WriteField(ref target, 2 << 3 | Varint, frame.Op);
        if (frame.Body.Length != 0)
        {
            target[0] = 3 << 3 | LengthDelimited;
            target = target[1..];
            WriteVarint(ref target, (uint)frame.Body.Length);
            frame.Body.Span.CopyTo(target);
            target = target[frame.Body.Length..];
        }

        WriteField(ref target, 4 << 3 | Varint, frame.Seq);
        WriteField(ref target, 5 << 3 | Varint, (uint)frame.Error);
        WriteField(ref target, 6 << 3 | Varint, frame.RetryAfterMs);
        if (frame.FaultId != 0)
        {
            target[0] = 7 << 3 | Fixed64;
            BinaryPrimitives.WriteUInt64LittleEndian(target[1..], frame.FaultId);
        }
    }

    private static void WriteField(ref Span<byte> target, byte tag, ulong value)
    {
        if (value == 0)
            return;
        target[0] = tag;
        target = target[1..];
        WriteVarint(ref target, value);
    }

    private static void WriteVarint(ref Span<byte> target, ulong value)
    {
        var i = 0;
        for (; value >= 0x80; value >>= 7)
            target[i++] = (byte)(value | 0x80);
        target[i++] = (byte)value;
        target = target[i..];
    }

    private static int VarintSize(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    private static ulong ReadVarint(scoped ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw new ProtocolViolationException("An envelope that is cut off or has an endless number.");
    }

    private static ReadOnlySpan<byte> ReadBytes(scoped ref ReadOnlySpan<byte> bytes)
    {
        var length = ReadVarint(ref bytes);
        return Take(ref bytes, length);
    }

    private static ReadOnlySpan<byte> ReadText(scoped ref ReadOnlySpan<byte> bytes)
    {
        var text = ReadBytes(ref bytes);
        return Utf8.IsValid(text) ? text : throw new ProtocolViolationException("An envelope with a text that is none.");
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
            throw new ProtocolViolationException("An envelope that is cut off.");
        var taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }

    private static void Skip(ref ReadOnlySpan<byte> bytes, ulong tag)
    {
        if (tag >> 3 is 0 or > MaxFieldNumber)
            throw new ProtocolViolationException("An envelope with a field number that there is not.");
        switch (tag & 7)
        {
            case Varint: ReadVarint(ref bytes); break;
            case Fixed64: Take(ref bytes, sizeof(ulong)); break;
            case LengthDelimited: ReadBytes(ref bytes); break;
            case Fixed32: Take(ref bytes, sizeof(uint)); break;
            default: throw new ProtocolViolationException("An envelope with an unknown wire type.");
        }
    }
}
