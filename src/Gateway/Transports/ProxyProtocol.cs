using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// Reads the header with which a proxy says who has connected to it, in both of its versions
/// (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt).
/// </summary>
internal static class ProxyProtocol
{
    /// <summary>Of version 1, line end and all; version 2 has a length of its own.</summary>
    private const int MaxTextBytes = 107;
    private const int BinaryHeaderBytes = 16;
    private const int MaxBinaryBytes = BinaryHeaderBytes + 2048;

    private static ReadOnlySpan<byte> TextSignature => "PROXY "u8;

    private static ReadOnlySpan<byte> BinarySignature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Takes the header off a new connection.</summary>
    /// <returns>The client's address; null if the proxy speaks for itself, as in its health checks.</returns>
    /// <exception cref="ProtocolViolationException">The connection does not begin with a header.</exception>
    public static async ValueTask<IPEndPoint?> ReadAsync(PipeReader input, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            if (TryRead(read.Buffer, out var end, out var client))
            {
                input.AdvanceTo(end);
                return client;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
                throw Broken();
        }
    }

    internal static bool TryRead(ReadOnlySequence<byte> buffer, out SequencePosition end, out IPEndPoint? client)
    {
        (end, client) = (buffer.Start, null);
        var start = buffer.Slice(0, Math.Min(buffer.Length, MaxBinaryBytes)).ToArray().AsSpan();
        if (IsPrefix(start, TextSignature))
        {
            var line = start[..Math.Min(start.Length, MaxTextBytes)];
            var length = line.IndexOf("\r\n"u8);
            if (length < 0)
                return line.Length < MaxTextBytes ? false : throw Broken();
            client = ReadText(Encoding.ASCII.GetString(line[..length]));
            end = buffer.GetPosition(length + 2);
            return true;
        }

        if (!IsPrefix(start, BinarySignature))
            throw Broken();
        if (start.Length < BinaryHeaderBytes)
            return false;
        var rest = BinaryPrimitives.ReadUInt16BigEndian(start[14..]);
        if (BinaryHeaderBytes + rest > MaxBinaryBytes)
            throw Broken();
        if (start.Length < BinaryHeaderBytes + rest)
            return false;
        client = ReadBinary(start[12], start[13], start.Slice(BinaryHeaderBytes, rest));
        end = buffer.GetPosition(BinaryHeaderBytes + rest);
        return true;
    }

    private static bool IsPrefix(ReadOnlySpan<byte> start, ReadOnlySpan<byte> signature) =>
        start.Length < signature.Length
        ? signature.StartsWith(start)
        : start.StartsWith(signature);

    private static IPEndPoint? ReadText(string line)
    {
        var words = line.Split(' ');
        if (words is ["PROXY", "UNKNOWN", ..])
            return null;
        return words is ["PROXY", "TCP4" or "TCP6", var source, var target, var port, var targetPort]
            && IPAddress.TryParse(source, out var address) && IPAddress.TryParse(target, out _)
            && ushort.TryParse(port, out var number) && ushort.TryParse(targetPort, out _)
            ? new IPEndPoint(address, number)
            : throw Broken();
    }

    private static IPEndPoint? ReadBinary(byte versionAndCommand, byte family, ReadOnlySpan<byte> addresses)
    {
        if (versionAndCommand >> 4 != 2)
            throw Broken();
        // LOCAL: the proxy itself.
        if ((versionAndCommand & 0xF) == 0)
            return null;
        return (versionAndCommand & 0xF, family >> 4, addresses.Length) switch
        {
            (1, 1, >= 12) => new IPEndPoint(
                new IPAddress(addresses[..4]), BinaryPrimitives.ReadUInt16BigEndian(addresses[8..])),
            (1, 2, >= 36) => new IPEndPoint(
                new IPAddress(addresses[..16]), BinaryPrimitives.ReadUInt16BigEndian(addresses[32..])),
            // A Unix socket, or something that came after this was written.
            (1, 0 or 3, _) => null,
            _ => throw Broken(),
        };
    }

    private static ProtocolViolationException Broken() => new("The connection does not begin with a PROXY header.");
}
