using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace GameBackend.Grains.Storage;

/// <summary>
/// How the files of the embedded store are laid out. A file starts with a header: eight bytes that name the format, and
/// a random salt of four. Frames follow: salt, length of the content, CRC-32 of length and content, content. A frame is
/// one commit: it is there whole, or not at all.
/// </summary>
/// <remarks>
/// Nothing is written behind a frame before the frame is on the disk. So a broken frame at the end is a commit that the
/// end of the process cut off and that nobody was told of, while a good frame behind a broken one means that the disk
/// has lost what it had confirmed. The salt keeps the content of a frame from passing for a frame.
/// </remarks>
internal static class EmbeddedFrame
{
    public const int FileHeaderBytes = 12;
    public const int HeaderBytes = 12;

    private static ReadOnlySpan<byte> Format => "GBSTORE1"u8;

    public static byte[] NewFileHeader()
    {
        var header = new byte[FileHeaderBytes];
        Format.CopyTo(header);
        RandomNumberGenerator.Fill(header.AsSpan(Format.Length));
        return header;
    }

    public static bool IsFileHeader(ReadOnlySpan<byte> header) => header.StartsWith(Format);

    public static uint Salt(ReadOnlySpan<byte> fileHeader) =>
        BinaryPrimitives.ReadUInt32LittleEndian(fileHeader[Format.Length..]);

    public static uint ReadSalt(SafeFileHandle file)
    {
        Span<byte> header = stackalloc byte[FileHeaderBytes];
        RandomAccess.Read(file, header, 0);
        return Salt(header);
    }

    /// <summary>Fills in the header of a frame whose content is in place.</summary>
    public static void Seal(Span<byte> frame, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, salt);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], frame.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Checksum(frame));
    }

    /// <summary>The length of the content that a header announces, or -1 if these bytes are no header.</summary>
    public static int ContentBytes(ReadOnlySpan<byte> header, uint salt) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header) == salt
            ? BinaryPrimitives.ReadInt32LittleEndian(header[4..])
            : -1;

    public static bool IsWhole(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]) == Checksum(frame);

    /// <summary>Whether a whole frame starts anywhere in these bytes.</summary>
    public static bool IsAnyIn(ReadOnlySpan<byte> bytes, uint salt)
    {
        Span<byte> mark = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, salt);
        for (var at = bytes.IndexOf(mark); at >= 0; at = bytes.IndexOf(mark))
        {
            bytes = bytes[at..];
            if (bytes.Length < HeaderBytes)
                return false;
            var content = ContentBytes(bytes, salt);
            if (content > 0 && content <= bytes.Length - HeaderBytes && IsWhole(bytes[..(HeaderBytes + content)]))
                return true;
            bytes = bytes[1..];
        }

        return false;
    }

    private static uint Checksum(ReadOnlySpan<byte> frame)
    {
        var crc = new Crc32();
        crc.Append(frame[4..8]);
        crc.Append(frame[HeaderBytes..]);
        return crc.GetCurrentHashAsUInt32();
    }
}
