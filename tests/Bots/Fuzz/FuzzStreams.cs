using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GameBackend.Protocol;

namespace GameBackend.Bots.Fuzz;

/// <summary>Raw TCP.</summary>
internal sealed class FuzzTcp(NetworkStream stream) : FuzzLink
{
    private readonly FrameDecoder _decoder = new();

    public static async Task<NetworkStream> Open(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override async Task Send(byte[] envelope, CancellationToken cancellation) =>
        await stream.WriteAsync(Framed(envelope, envelope.Length), cancellation);

    public override async Task Break(Random random, byte[] bytes, CancellationToken cancellation) =>
        await stream.WriteAsync(random.Next(4) switch
        {
            0 => Framed(bytes, bytes.Length + random.Next(1, 70_000)),
            1 => Framed(bytes, random.Next(2) == 0 ? 0 : -1),
            2 => Framed(bytes, random.Next(bytes.Length)),
            _ => bytes,
        }, cancellation);

    public override async Task<FuzzAnswer?> Receive(CancellationToken cancellation)
    {
        while (true)
        {
            if (_decoder.TryRead(out var frame))
                return FuzzAnswer.Of(ServerEnvelope.Parser.ParseFrom(frame.Span));
            var read = await stream.ReadAsync(_decoder.GetMemory(), cancellation);
            if (read == 0)
                return null;
            _decoder.Advance(read);
        }
    }

    public override ValueTask DisposeAsync() => stream.DisposeAsync();

    private static byte[] Framed(byte[] bytes, int length)
    {
        var frame = new byte[FrameLimits.LengthBytes + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        bytes.CopyTo(frame, FrameLimits.LengthBytes);
        return frame;
    }
}

/// <summary>A WebSocket whose frames are made by hand.</summary>
internal sealed class FuzzWebSocket(NetworkStream stream, bool text) : FuzzLink
{
    private const byte Final = 0x80, Text = 1, Binary = 2, Close = 8, Masked = 0x80;

    public override bool IsText => text;

    public static async Task<FuzzWebSocket> Open(string host, int port, bool text, CancellationToken cancellation)
    {
        var stream = await FuzzTcp.Open(host, port, cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /ws{(text ? "?format=json" : "")} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), cancellation);
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, cancellation);
            head.Add(one[0]);
        }

        var answer = Encoding.ASCII.GetString([.. head]);
        return answer.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)
            ? new FuzzWebSocket(stream, text)
            : throw new IOException($"The handshake was answered {answer.Split('\r')[0]}.");
    }

    public override async Task Send(byte[] envelope, CancellationToken cancellation) =>
        await stream.WriteAsync(Frame((byte)(Final | (text ? Text : Binary)), envelope, envelope.Length), cancellation);

    public override async Task Break(Random random, byte[] bytes, CancellationToken cancellation) =>
        await stream.WriteAsync(random.Next(5) switch
        {
            0 => Frame((byte)random.Next(256), bytes, bytes.Length),
            1 => Frame(Final | Binary, bytes, bytes.Length + random.Next(1, 70_000)),
            2 => [Final | Binary, (byte)Math.Min(125, bytes.Length), .. bytes],
            3 =>
            [
                .. Frame(text ? Text : Binary, bytes, bytes.Length),
                .. Frame((byte)random.Next(16), bytes, bytes.Length),
            ],
            _ => bytes,
        }, cancellation);

    public override async Task<FuzzAnswer?> Receive(CancellationToken cancellation)
    {
        var head = new byte[8];
        while (true)
        {
            await stream.ReadExactlyAsync(head.AsMemory(0, 2), cancellation);
            var (opcode, length) = (head[0] & 0x0F, (long)head[1]);
            if (length >= 126)
            {
                var bytes = length == 126 ? 2 : 8;
                await stream.ReadExactlyAsync(head.AsMemory(0, bytes), cancellation);
                length = bytes == 2
                    ? BinaryPrimitives.ReadUInt16BigEndian(head)
                    : BinaryPrimitives.ReadInt64BigEndian(head);
            }

            if (length > FrameLimits.MaxFrameBytes)
                throw new FrameException($"A message of {length} bytes.");
            var payload = new byte[length];
            await stream.ReadExactlyAsync(payload, cancellation);
            if (opcode == Close)
                return null;
            if (opcode is Text or Binary)
                return opcode == Text ? Read(payload) : FuzzAnswer.Of(ServerEnvelope.Parser.ParseFrom(payload));
        }
    }

    public override ValueTask DisposeAsync() => stream.DisposeAsync();

    private static FuzzAnswer Read(byte[] message)
    {
        var json = JsonNode.Parse(message)!;
        var error = (string?)json["error"] is { } name ? Enum.Parse<GameError>(name) : GameError.Ok;
        var fault = (string?)json["faultId"] is { } hex ? Convert.ToUInt64(hex, 16) : 0;
        return new FuzzAnswer((uint)json["id"]!, (uint)json["op"]!, error, fault);
    }

    private static byte[] Frame(byte first, byte[] payload, int length)
    {
        var frame = new List<byte>(payload.Length + 14) { first };
        var lengthBytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(lengthBytes, length);
        if (length < 126)
            frame.Add((byte)(Masked | length));
        else if (length <= ushort.MaxValue)
            frame.AddRange([Masked | 126, .. lengthBytes[6..]]);
        else
            frame.AddRange([Masked | 127, .. lengthBytes]);
        frame.AddRange([1, 2, 3, 4]);
        for (var i = 0; i < payload.Length; i++)
            frame.Add((byte)(payload[i] ^ ((i & 3) + 1)));
        return [.. frame];
    }
}
