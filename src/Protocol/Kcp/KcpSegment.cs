using System.Buffers;
using System.Buffers.Binary;

namespace GameBackend.Protocol.Kcp;

/// <summary>A part of a message, held until it is acknowledged or read.</summary>
internal sealed class KcpSegment
{
    /// <summary>conv 4, cmd 1, frg 1, wnd 2, ts 4, sn 4, una 4, len 4; numbers are little-endian.</summary>
    public const int HeaderBytes = 24;

    public const byte Push = 81, Ack = 82, AskWindow = 83, TellWindow = 84;

    private readonly byte[] _data;

    public KcpSegment(uint number, byte fragment, ReadOnlySpan<byte> data)
    {
        (Number, Fragment, Length) = (number, fragment, data.Length);
        _data = data.Length == 0 ? [] : ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(_data);
    }

    public uint Number { get; set; }

    /// <summary>How many parts of the message follow.</summary>
    public byte Fragment { get; }

    public int Length { get; }

    public ReadOnlySpan<byte> Data => _data.AsSpan(0, Length);

    /// <summary>How often it was sent.</summary>
    public int Sends { get; set; }

    public int FastResends { get; set; }

    /// <summary>How many acknowledgements of later segments have come since it was sent.</summary>
    public int Overtaken { get; set; }

    public long SentAtMs { get; set; }

    public int ResendAfterMs { get; set; }

    /// <summary>Gives the memory back. The segment must not be used any more.</summary>
    public void Release()
    {
        if (_data.Length > 0)
            ArrayPool<byte>.Shared.Return(_data);
    }

    public static void WriteHeader(Span<byte> target, in KcpHeader header)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, header.Conversation);
        target[4] = header.Command;
        target[5] = header.Fragment;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], header.Window);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], header.Time);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], header.Number);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], header.Unacknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], header.Length);
    }

    public static KcpHeader ReadHeader(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(source),
        source[4],
        source[5],
        BinaryPrimitives.ReadUInt16LittleEndian(source[6..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[20..]));
}

/// <summary>What stands before a segment's bytes.</summary>
/// <param name="Window">How many segments the sender of this one can take.</param>
/// <param name="Time">When it was sent, in the sender's milliseconds; an acknowledgement returns it.</param>
/// <param name="Unacknowledged">Everything before this number has arrived at the sender of this one.</param>
internal readonly record struct KcpHeader(
    uint Conversation,
    byte Command,
    byte Fragment,
    ushort Window,
    uint Time,
    uint Number,
    uint Unacknowledged,
    uint Length);
