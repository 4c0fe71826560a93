using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Transports;

/// <summary>What only a WebSocket has: messages in parts, text, pings, the closing handshake, JSON.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class WebSocketTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Fact]
    public async Task A_message_in_any_two_parts_is_one_envelope()
    {
        await using var client = (WebSocketRawClient)await _backend.Play(Transport.WebSocket);
        var length = RawClient.Envelope(new EchoRequest { Payload = ByteString.CopyFromUtf8("split") }, 200)
            .ToByteArray().Length;
        for (var at = 0; at <= length; at++)
        {
            var id = client.NextId() + 200;
            var bytes = RawClient.Envelope(new EchoRequest { Payload = ByteString.CopyFromUtf8("split") }, id)
                .ToByteArray();
            await client.SendParts(WebSocketMessageType.Binary, bytes[..at], bytes[at..]);
            Assert.Equal("split", (await client.Answer(id)).Read<EchoReply>().Payload.ToStringUtf8());
        }
    }

    [Fact]
    public async Task Parts_that_are_too_long_together_are_a_violation()
    {
        await using var client = (WebSocketRawClient)await _backend.Play(Transport.WebSocket);
        var part = new byte[_backend.Options.MaxFrameBytes / 4];
        await client.SendParts(WebSocketMessageType.Binary, part, part, part, part, [1]);
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    [Fact]
    public async Task A_text_message_is_a_violation()
    {
        await using var client = (WebSocketRawClient)await _backend.Play(Transport.WebSocket);
        await client.SendParts(WebSocketMessageType.Text, "{}"u8.ToArray());
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    [Fact]
    public async Task A_ping_is_answered_also_between_the_parts_of_a_message()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _backend.Options.HttpPort);
        using var stream = new NetworkStream(socket);
        await Upgrade(stream);
        var envelope = RawClient.Envelope(new TimeRequest(), 1).ToByteArray();
        await stream.WriteAsync(Frame(0x89, "one"u8));
        Assert.Equal("one"u8.ToArray(), await Expect(stream, 0x8A));
        await stream.WriteAsync(Frame(0x02, envelope.AsSpan(0, 2)));
        await stream.WriteAsync(Frame(0x89, "two"u8));
        Assert.Equal("two"u8.ToArray(), await Expect(stream, 0x8A));
        await stream.WriteAsync(Frame(0x80, envelope.AsSpan(2)));
        var answer = ServerEnvelope.Parser.ParseFrom(await Expect(stream, 0x82));
        Assert.Equal((1u, GameError.NotAuthenticated), (answer.Id, answer.Error));
    }

    [Fact]
    public async Task The_closing_handshake_is_answered()
    {
        await using var client = await WebSocketRawClient.Open(_backend);
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None).Within();
        Assert.Equal(WebSocketState.Closed, client.Socket.State);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        using var response = await _backend.Http.GetAsync("/ws");
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Fact]
    public async Task A_person_can_play_in_json()
    {
        var account = await _backend.NewAccount();
        await using var client = await WebSocketRawClient.Open(_backend, "?format=json");
        var welcome = await AskJson(client, $$$"""{"id":1,"op":1,"body":{"accessToken":"{{{account.AccessToken}}}"}}""");
        Assert.Equal(account.PlayerId.ToString(CultureInfo.InvariantCulture), (string)welcome["body"]!["playerId"]!);

        var missing = await AskJson(client, """{"id":2,"op":201}""");
        Assert.Equal("PlayerMissing", (string)missing["error"]!);
        var push = await AskJson(client, """{"id":3,"op":200,"body":{"name":"Jason_1"}}""");
        Assert.Equal((250, 1), ((int)push["op"]!, (int)push["seq"]!));
        Assert.Equal("Jason_1", (string)push["body"]!["profile"]!["name"]!);
        Assert.Equal(3, (int)(await ReadJson(client))["id"]!);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"id":1,"op":3""")]
    [InlineData("""{"id":1,"op":3}{}""")]
    [InlineData("""{"id":01,"op":3}""")]
    [InlineData("""{"id":1,"op":10,"body":{"payload":}}""")]
    public async Task Text_that_is_no_envelope_is_a_violation(string text)
    {
        await using var client = await WebSocketRawClient.Open(_backend, "?format=json");
        var goodbye = await AskJson(client, text);
        Assert.Equal(50, (int)goodbye["op"]!);
        Assert.Equal("GOODBYE_REASON_PROTOCOL_VIOLATION", (string)goodbye["body"]!["reason"]!);
        Assert.Equal(WebSocketMessageType.Close, (await client.ReadMessage().Within()).Type);
    }

    private static async Task<JsonNode> AskJson(WebSocketRawClient client, string text)
    {
        await client.SendParts(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(text));
        return await ReadJson(client);
    }

    private static async Task<JsonNode> ReadJson(WebSocketRawClient client)
    {
        var (type, message) = await client.ReadMessage().Within();
        Assert.Equal(WebSocketMessageType.Text, type);
        return JsonNode.Parse(message)!;
    }

    private async Task Upgrade(NetworkStream stream)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{_backend.Options.HttpPort}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one).AsTask().Within();
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A short frame of a client (RFC 6455), with a mask of zeros.</summary>
    private static byte[] Frame(byte first, ReadOnlySpan<byte> payload) =>
        [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];

    private static async Task<byte[]> Expect(NetworkStream stream, byte first)
    {
        var head = new byte[2];
        await stream.ReadExactlyAsync(head).AsTask().Within();
        Assert.Equal(first, head[0]);
        var payload = new byte[head[1]];
        await stream.ReadExactlyAsync(payload).AsTask().Within();
        return payload;
    }
}
