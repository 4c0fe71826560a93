using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Tests.Transports;

/// <summary>Whatever is wrong with a WebSocket's frames ends in a Goodbye and a close frame that says why.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class WebSocketViolationTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    public static TheoryData<string, int, byte[]> Violations => new()
    {
        { "a reserved opcode", 1002, Frame(0x83, [1]) },
        { "a reserved control opcode", 1002, Frame(0x8B, [1]) },
        { "a reserved bit", 1002, Frame(0xC2, [1]) },
        { "no mask", 1002, [0x82, 1, 5] },
        { "a ping in parts", 1002, Frame(0x09, [1]) },
        { "a long ping", 1002, [0x89, 0x80 | 126, 0, 126, 0, 0, 0, 0, .. new byte[126]] },
        { "a part of nothing", 1002, Frame(0x80, [1]) },
        { "a message in a message", 1002, [.. Frame(0x02, [1]), .. Frame(0x82, [1])] },
        { "no bytes", 1002, Frame(0x82, []) },
        { "no envelope", 1002, Frame(0x82, [0xFF, 0xFF]) },
        { "text", 1003, Frame(0x81, "{}"u8.ToArray()) },
        { "a length over the limit", 1009, [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0] },
        { "a length over all limits", 1009, [0x82, 0xFF, .. Enumerable.Repeat((byte)0xFF, 12)] },
    };

    public static TheoryData<string, int, byte[]> TextViolations => new()
    {
        { "binary", 1003, Frame(0x82, "{}"u8.ToArray()) },
        { "no UTF-8", 1007, Frame(0x81, [.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]) },
        { "no JSON", 1002, Frame(0x81, "hello"u8.ToArray()) },
        { "no mask", 1002, [0x81, 2, (byte)'{', (byte)'}'] },
    };

    [Theory, MemberData(nameof(Violations))]
    public async Task A_violation_is_told_in_goodbye_and_close_frame(string what, int status, byte[] bytes)
    {
        using var stream = await Open("/ws");
        await stream.WriteAsync(bytes);
        var (opcode, message) = await ReadFrame(stream);
        Assert.True(opcode == 0x82, what);
        var goodbye = ServerEnvelope.Parser.ParseFrom(message).Read<Goodbye>();
        Assert.Equal(GoodbyeReason.ProtocolViolation, goodbye.Reason);
        Assert.NotEmpty(goodbye.Detail);
        await Ends(stream, status);
    }

    [Theory, MemberData(nameof(TextViolations))]
    public async Task So_it_is_in_json(string what, int status, byte[] bytes)
    {
        using var stream = await Open("/ws?format=json");
        await stream.WriteAsync(bytes);
        var (opcode, message) = await ReadFrame(stream);
        Assert.True(opcode == 0x81, what);
        Assert.Equal("GOODBYE_REASON_PROTOCOL_VIOLATION", (string)JsonNode.Parse(message)!["body"]!["reason"]!);
        await Ends(stream, status);
    }

    [Theory, InlineData(1), InlineData(125), InlineData(126), InlineData(65_535), InlineData(65_536)]
    public void A_frame_is_taken_when_all_of_it_is_there(int length)
    {
        var payload = new byte[length];
        Random.Shared.NextBytes(payload);
        byte[] frame = [.. Header(length), 1, 2, 3, 4, .. payload.Select((b, i) => (byte)(b ^ ((i & 3) + 1)))];
        for (var known = 0; known < frame.Length; known += known < 20 ? 1 : Math.Max(1, frame.Length / 50))
        {
            var cut = new ReadOnlySequence<byte>(frame, 0, known);
            Assert.False(WebSocketFrames.TryTake(ref cut, 65_536, out _));
        }

        var whole = new ReadOnlySequence<byte>([.. frame, 0x82]);
        Assert.True(WebSocketFrames.TryTake(ref whole, 65_536, out var taken));
        var copy = new byte[length];
        taken.CopyTo(copy);
        Assert.Equal(payload, copy);
        Assert.Equal(1, whole.Length);
    }

    private static byte[] Header(int length)
    {
        var head = new byte[WebSocketFrames.MaxHeaderBytes];
        var used = WebSocketFrames.WriteHeader(head, WebSocketOpcode.Binary, length);
        head[1] |= 0x80;
        return head[..used];
    }

    private static async Task Ends(NetworkStream stream, int status)
    {
        var (opcode, reason) = await ReadFrame(stream);
        Assert.Equal((0x88, status), (opcode, BinaryPrimitives.ReadUInt16BigEndian(reason)));
        // A client that follows closes its side too; then comes the end, not a reset.
        await stream.WriteAsync(Frame(0x88, reason));
        Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().Within());
    }

    private async Task<NetworkStream> Open(string path)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _backend.Options.HttpPort);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one).AsTask().Within();
            head.Append((char)one[0]);
        }

        return stream;
    }

    /// <summary>A short frame of a client, with a mask of zeros.</summary>
    private static byte[] Frame(byte first, ReadOnlySpan<byte> payload) =>
        [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];

    private static async Task<(int Opcode, byte[] Payload)> ReadFrame(NetworkStream stream)
    {
        var head = new byte[4];
        await stream.ReadExactlyAsync(head.AsMemory(0, 2)).AsTask().Within();
        var length = (int)head[1];
        if (length == 126)
        {
            await stream.ReadExactlyAsync(head.AsMemory(2, 2)).AsTask().Within();
            length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2));
        }

        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload).AsTask().Within();
        return (head[0], payload);
    }
}
