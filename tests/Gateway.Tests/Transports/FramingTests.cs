using System.Buffers.Binary;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Transports;

/// <summary>What a gateway makes of bytes, on all transports.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class FramingTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Fact]
    public async Task An_envelope_that_is_split_at_any_byte_is_read_whole()
    {
        await using var client = (TcpRawClient)await _backend.Play(Transport.Tcp);
        await using var other = await _backend.Play(Transport.Tcp);
        var length = TcpRawClient.Frame(Echo(1, 20).ToByteArray()).Length;
        for (var at = 1; at < length; at++)
        {
            var envelope = Echo(client.NextId(), 20);
            var frame = TcpRawClient.Frame(envelope.ToByteArray());
            await client.SendBytes(frame.AsMemory(0, at));
            // By then the gateway has seen the first part.
            await other.Ask(new TimeRequest());
            await client.SendBytes(frame.AsMemory(at));
            Assert.Equal(envelope.Body, (await client.Answer(envelope.Id)).Body);
        }
    }

    [Fact]
    public async Task A_stream_in_pieces_of_any_size_is_the_same_envelopes()
    {
        await using var client = (TcpRawClient)await _backend.Play(Transport.Tcp);
        var random = new Random(1);
        for (var round = 0; round < 20; round++)
        {
            var envelopes = Enumerable.Range(0, 20).Select(_ => Echo(client.NextId(), random.Next(3000))).ToList();
            var stream = envelopes.SelectMany(envelope => TcpRawClient.Frame(envelope.ToByteArray())).ToArray();
            for (var sent = 0; sent < stream.Length;)
            {
                var piece = Math.Min(random.Next(1, 5000), stream.Length - sent);
                await client.SendBytes(stream.AsMemory(sent, piece));
                sent += piece;
            }

            await AssertAllAnswered(client, envelopes);
        }
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Many_envelopes_at_once_are_each_answered_once(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        var envelopes = Enumerable.Range(0, 32).Select(i => Echo(client.NextId(), i)).ToList();
        await client.Send([.. envelopes]);
        await AssertAllAnswered(client, envelopes);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task An_envelope_of_exactly_the_limit_is_answered_and_one_byte_more_is_a_violation(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        var envelope = OfSize(client.NextId(), _backend.Options.MaxFrameBytes);
        await client.Send(envelope);
        Assert.Equal(envelope.Body, (await client.Answer(envelope.Id)).Body);

        await client.Send(OfSize(client.NextId(), _backend.Options.MaxFrameBytes + 1));
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    [Fact]
    public async Task The_reason_can_be_read_by_a_client_that_still_sends()
    {
        await using var client = (TcpRawClient)await _backend.Play(Transport.Tcp);
        var huge = new byte[4 << 20];
        BinaryPrimitives.WriteInt32BigEndian(huge, huge.Length - 4);
        await client.SendBytes(huge);
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task An_envelope_of_no_bytes_is_a_violation(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        await client.SendFrame(Array.Empty<byte>());
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Bytes_that_are_no_envelope_are_a_violation(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        await client.SendFrame("not an envelope"u8.ToArray());
        var goodbye = await client.Goodbye();
        Assert.Equal(GoodbyeReason.ProtocolViolation, goodbye.Reason);
        Assert.NotEmpty(goodbye.Detail);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task What_was_sent_before_a_violation_is_answered_before_the_goodbye(Transport transport)
    {
        await using var client = await _backend.Connect(transport);
        await client.Send(RawClient.Envelope(new FetchPlayerRequest(), 1));
        await client.SendFrame(new byte[] { 0xFF });
        Assert.Equal(GameError.NotAuthenticated, (await client.Answer(1)).Error);
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    [Fact]
    public async Task A_stream_of_something_else_is_a_violation()
    {
        await using var client = (TcpRawClient)await _backend.Connect(Transport.Tcp);
        await client.SendBytes("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
        Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_client_that_ends_in_good_order_is_forgotten_and_the_end_is_returned(Transport transport)
    {
        await using var client = await _backend.Play(transport);
        var session = _backend.Registry.Find((long)client.Account.PlayerId)!;
        if (client is TcpRawClient tcp)
            tcp.FinishSending();
        else if (client is KcpRawClient kcp)
            await kcp.Kcp.DisposeAsync();
        else
            await ((WebSocketRawClient)client).Socket.CloseOutputAsync(
                System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Null(await client.Next());
        await Wait.Until(() => !_backend.Registry.All.Contains(session));
    }

    private static ClientEnvelope Echo(uint id, int payloadBytes)
    {
        var payload = new byte[payloadBytes];
        Random.Shared.NextBytes(payload);
        return RawClient.Envelope(new EchoRequest { Payload = ByteString.CopyFrom(payload) }, id);
    }

    /// <summary>An echo whose whole envelope has this size.</summary>
    private static ClientEnvelope OfSize(uint id, int bytes)
    {
        var payload = bytes;
        while (true)
        {
            var envelope = RawClient.Envelope(new EchoRequest { Payload = ByteString.CopyFrom(new byte[payload]) }, id);
            if (envelope.CalculateSize() == bytes)
                return envelope;
            payload -= envelope.CalculateSize() - bytes;
        }
    }

    private static async Task AssertAllAnswered(RawClient client, List<ClientEnvelope> envelopes)
    {
        var open = envelopes.ToDictionary(envelope => envelope.Id);
        while (open.Count > 0)
        {
            var answer = (await client.Next())!;
            Assert.Equal(GameError.Ok, answer.Error);
            Assert.True(open.Remove(answer.Id, out var envelope), $"{answer.Id} was answered twice.");
            Assert.Equal(envelope.Body, answer.Body);
        }
    }
}
