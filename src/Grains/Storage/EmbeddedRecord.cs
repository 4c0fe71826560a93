using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace GameBackend.Grains.Storage;

/// <summary>What a record does. The numbers are on disk: they may only grow.</summary>
internal enum EmbeddedRecordKind : byte
{
    Put = 1,
    Remove = 2,
    Append = 3,
    Trim = 4,
    Replace = 5,
    DeleteLog = 6,
    /// <summary>The first record of a snapshot.</summary>
    SnapshotStart = 7,
    /// <summary>A log's head and message ids; its items follow as <see cref="SnapshotItem"/>.</summary>
    SnapshotLog = 8,
    SnapshotItem = 9,
    /// <summary>The last record of a snapshot: without it, the file is not whole.</summary>
    SnapshotEnd = 10,
}

/// <summary>One change of the embedded store, as it is journalled. All kinds share one layout.</summary>
/// <param name="Version">Grows by one with every change of the whole store.</param>
/// <param name="Name">The table or the log.</param>
/// <param name="Key">The key in the table.</param>
/// <param name="Seq">The item's number, the number to trim through, or a log's head.</param>
internal readonly record struct EmbeddedRecord(
    EmbeddedRecordKind Kind, ulong Version, string Name, string Key, ulong Seq, MessageDigest Id, byte[] Body)
{
    private const int FixedBytes = 1 + 4 * MaxVarintBytes + MessageDigest.Bytes + 1 + MaxVarintBytes;
    private const int MaxVarintBytes = 10;

    public void WriteTo(IBufferWriter<byte> writer)
    {
        var bound = FixedBytes + Encoding.UTF8.GetMaxByteCount(Name.Length) + Encoding.UTF8.GetMaxByteCount(Key.Length);
        var span = writer.GetSpan(bound + Body.Length);
        var at = 0;
        span[at++] = (byte)Kind;
        WriteVarint(span, ref at, Version);
        WriteString(span, ref at, Name);
        WriteString(span, ref at, Key);
        WriteVarint(span, ref at, Seq);
        span[at++] = Id.IsNone ? (byte)0 : (byte)MessageDigest.Bytes;
        if (!Id.IsNone)
        {
            Id.WriteTo(span[at..]);
            at += MessageDigest.Bytes;
        }

        WriteVarint(span, ref at, (ulong)Body.Length);
        Body.CopyTo(span[at..]);
        writer.Advance(at + Body.Length);
    }

    /// <summary>Takes the first record off <paramref name="source"/>, which has passed its checksum.</summary>
    public static EmbeddedRecord Read(ref ReadOnlySpan<byte> source)
    {
        var kind = (EmbeddedRecordKind)Take(ref source, 1)[0];
        if (!Enum.IsDefined(kind))
            throw new EmbeddedStoreException($"A newer version has written a record of kind {(byte)kind}.");
        var version = ReadVarint(ref source);
        var name = ReadString(ref source);
        var key = ReadString(ref source);
        var seq = ReadVarint(ref source);
        var idBytes = Take(ref source, 1)[0];
        var id = idBytes == 0 ? default : MessageDigest.Read(Take(ref source, idBytes));
        var body = Take(ref source, (int)ReadVarint(ref source)).ToArray();
        return new EmbeddedRecord(kind, version, name, key, seq, id, body);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> source, int count)
    {
        var taken = source[..count];
        source = source[count..];
        return taken;
    }

    private static void WriteString(Span<byte> span, ref int at, string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        WriteVarint(span, ref at, (ulong)count);
        at += Encoding.UTF8.GetBytes(text, span[at..]);
    }

    private static string ReadString(ref ReadOnlySpan<byte> source) =>
        Encoding.UTF8.GetString(Take(ref source, (int)ReadVarint(ref source)));

    private static void WriteVarint(Span<byte> span, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            span[at++] = (byte)(value | 0x80);
        span[at++] = (byte)value;
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> source)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = Take(ref source, 1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }
}

/// <summary>A message id, cut down to 16 bytes: 256 of them a log have to stay cheap.</summary>
internal readonly record struct MessageDigest(ulong High, ulong Low)
{
    public const int Bytes = 16;

    public bool IsNone => High == 0 && Low == 0;

    // A cryptographic digest, because an id may carry text that a client has chosen.
    public static MessageDigest Of(string messageId)
    {
        if (messageId.Length == 0)
            return default;
        Span<byte> digest = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(messageId), digest);
        return Read(digest);
    }

    public static MessageDigest Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]));

    public void WriteTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, High);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Low);
    }
}
