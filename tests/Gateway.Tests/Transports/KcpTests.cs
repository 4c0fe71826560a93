using System.Net;
using GameBackend.Gateway.Transports.Kcp;
using GameBackend.Protocol.Kcp;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Transports;

/// <summary>KCP over real sockets: bad networks, clients that move, and strangers.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class KcpTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    private KcpListener Listener => _backend.Services.GetRequiredService<KcpListener>();

    [Fact]
    public async Task A_player_plays_over_a_network_that_loses_a_tenth()
    {
        await using var relay = new DatagramRelay(_backend.Options.KcpPort, loss: 0.1, delayMs: 10);
        await using var client = await Play(relay);
        for (var round = 1; round <= 60; round++)
        {
            var echo = new EchoRequest { Payload = ByteString.CopyFrom(new byte[round * 100]) };
            Assert.Equal(echo.Payload, (await client.Ask<EchoRequest, EchoReply>(echo)).Payload);
            await client.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = $"{round}" });
            Assert.Equal($"{round}", client.Pushes[^1].Read<PlayerChanged>().Profile.Motto);
        }

        Assert.Equal(client.Answers, client.Answers.Distinct());
    }

    [Fact]
    public async Task A_connection_goes_on_when_the_clients_address_changes()
    {
        await using var relay = new DatagramRelay(_backend.Options.KcpPort);
        await using var client = await Play(relay);
        var session = _backend.Registry.Find((long)client.Account.PlayerId);
        var connection = (KcpConnection)session!.Connection;
        for (var move = 1; move <= 5; move++)
        {
            // In the middle of requests and of answers of many datagrams.
            var asked = new List<uint>();
            for (var i = 0; i < 5; i++)
                asked.Add(await client.Request(new EchoRequest { Payload = ByteString.CopyFrom(new byte[30_000]) }));
            relay.ChangeAddress();
            // Answers to what only reads may come in any order.
            foreach (var _ in asked)
                Assert.Equal(GameError.Ok, (await client.Next(envelope => envelope.Id != 0)).Error);
            Assert.Equal(asked, client.Answers.TakeLast(asked.Count).Order());
            Assert.Equal(move, connection.Moves);
        }

        Assert.Same(session, _backend.Registry.Find((long)client.Account.PlayerId));
    }

    [Fact]
    public async Task A_push_reaches_a_client_that_has_moved_and_said_so()
    {
        await using var client = (KcpRawClient)await _backend.Play(Transport.Kcp);
        await using var other = await _backend.Play(Transport.Tcp);
        client.Kcp.Rebind();
        var connection = (KcpConnection)_backend.Registry.Find((long)client.Account.PlayerId)!.Connection;
        await Wait.Until(() => connection.Moves == 1);
        await other.Ask<SendNoteRequest, SendNoteReply>(
            new SendNoteRequest { To = client.Account.PlayerId, Text = "hello" });
        await client.Next(envelope => envelope.Op == Opcodes.OfPush<Note>().Op);
    }

    [Fact]
    public async Task A_client_whose_network_dies_finds_another_way_by_itself()
    {
        await using var relay = new DatagramRelay(_backend.Options.KcpPort);
        await using var client = await Play(relay);
        relay.DeadClient = relay.Client;
        Assert.Equal(GameError.Ok, (await client.Ask(new TimeRequest())).Error);
        Assert.NotEqual(relay.DeadClient, relay.Client);
    }

    [Fact]
    public async Task A_repeated_datagram_from_elsewhere_moves_nothing_and_draws_nothing_there()
    {
        await using var relay = new DatagramRelay(_backend.Options.KcpPort);
        await using var client = await Play(relay);
        using var stranger = new KcpPeer(_backend);
        foreach (var datagram in relay.FromClientSeen)
            stranger.Socket.Send(datagram);
        // Greetings are answered to whoever sends them; a cookie for another address is good for nothing there.
        var cookie = await stranger.Receive();
        Assert.Equal(KcpKind.Cookie, KcpDatagram.KindOf(cookie));
        Assert.Null(await stranger.ReceiveSoon());
        Assert.Equal(0, ConnectionOf(client).Moves);
        await client.Fetch();
    }

    [Fact]
    public async Task Whoever_steals_a_fresh_datagram_is_asked_and_gets_nothing_without_the_key()
    {
        await using var relay = new DatagramRelay(_backend.Options.KcpPort);
        await using var client = await Play(relay);
        using var stranger = new KcpPeer(_backend);
        relay.FromClientSeen.Clear();
        relay.Holds = true;
        var asked = await client.Request(new EchoRequest { Payload = ByteString.CopyFrom(new byte[50_000]) });
        await Wait.Until(() => relay.FromClientSeen.Count >= 40);
        foreach (var datagram in relay.FromClientSeen)
            stranger.Socket.Send(datagram);
        var challenge = await stranger.Receive();
        Assert.Equal(KcpKind.Challenge, KcpDatagram.KindOf(challenge));
        stranger.Socket.Send([(byte)KcpKind.ChallengeAnswer, .. challenge[1..]]);
        Assert.Null(await stranger.ReceiveSoon());
        relay.Holds = false;
        Assert.Equal(GameError.Ok, (await client.Answer(asked)).Error);
        Assert.Equal(0, ConnectionOf(client).Moves);
    }

    [Fact]
    public async Task Guessed_seals_change_nothing()
    {
        await using var client = (KcpRawClient)await _backend.Play(Transport.Kcp);
        using var stranger = new KcpPeer(_backend);
        await stranger.ShakeHands();
        var id = ConnectionOf(client).Id;
        foreach (var kind in new[] { KcpKind.ClientData, KcpKind.ClientClose, KcpKind.ChallengeAnswer })
        {
            var datagram = stranger.Sealed(kind, new byte[8]);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(datagram.AsSpan(1), id);
            stranger.Socket.Send(datagram);
        }

        await client.Fetch();
        Assert.Equal(0, ConnectionOf(client).Moves);
    }

    [Fact]
    public async Task Greetings_and_made_up_cookies_by_the_ten_thousand_leave_nothing()
    {
        var (connections, sessions) = (Listener.Connections, _backend.Registry.Connections);
        await using var well = await _backend.Play(Transport.Kcp);
        var random = new Random(1);
        var nonce = new byte[KcpDatagram.NonceBytes];
        var answered = 0;
        for (var peer = 0; peer < 50; peer++)
        {
            using var stranger = new KcpPeer(_backend);
            for (var i = 0; i < 400; i++)
            {
                random.NextBytes(nonce);
                stranger.Socket.Send(KcpDatagram.Handshake(nonce, default));
                var cookie = new byte[KcpDatagram.CookieBytes];
                random.NextBytes(cookie);
                stranger.Socket.Send(KcpDatagram.Handshake(nonce, cookie));
            }

            await Wait.Until(() => stranger.Socket.Available > 0);
            for (; stranger.Socket.Available > 0; answered++)
                Assert.InRange((await stranger.Receive()).Length, 1, KcpDatagram.HandshakeBytes - 1);
        }

        await well.Fetch();
        Assert.True(answered > 0);
        Assert.Equal(sessions + 1, _backend.Registry.Connections);
        Assert.InRange(Listener.Connections, 0, connections + 1);
    }

    [Fact]
    public async Task A_cookie_is_good_for_its_address_alone_and_makes_one_connection()
    {
        using var peer = new KcpPeer(_backend);
        using var stranger = new KcpPeer(_backend);
        await peer.AskCookie();
        stranger.Socket.Send(KcpDatagram.Handshake(peer.Nonce, peer.Cookie));
        Assert.Null(await stranger.ReceiveSoon());

        await peer.ShakeHands();
        var first = peer.Id;
        // The answer may be lost: then the same comes again, and no second connection.
        peer.Socket.Send(KcpDatagram.Handshake(peer.Nonce, peer.Cookie));
        Assert.Equal(peer.Accepted, await peer.Receive());
        Assert.NotNull(Listener.Find(first));
        // Once the key is in use it is not told any more.
        peer.Send(KcpKind.ClientData, []);
        peer.Socket.Send(KcpDatagram.Handshake(peer.Nonce, peer.Cookie));
        Assert.Null(await peer.ReceiveSoon());
    }

    [Fact]
    public void A_cookie_ages_and_is_bound_to_all_that_it_was_made_of()
    {
        var cookies = new KcpCookies();
        var from = new IPEndPoint(IPAddress.Loopback, 1000).Serialize();
        var nonce = new byte[KcpDatagram.NonceBytes];
        var answer = new byte[KcpDatagram.HandshakeBytes];
        cookies.Answer(KcpDatagram.Handshake(nonce, default), from, 100, answer);
        var connect = KcpDatagram.Handshake(nonce, KcpDatagram.CookieOf(answer));

        Assert.True(cookies.TryAccept(connect, from, 100, out var id));
        Assert.True(cookies.TryAccept(connect, from, 110, out var again));
        Assert.Equal(id, again);
        Assert.False(cookies.TryAccept(connect, from, 111, out _));
        Assert.False(cookies.TryAccept(connect, from, 99, out _));
        Assert.False(cookies.TryAccept(connect, new IPEndPoint(IPAddress.Loopback, 1001).Serialize(), 100, out _));
        Assert.False(new KcpCookies().TryAccept(connect, from, 100, out _));
        for (var at = 1; at < 1 + KcpDatagram.NonceBytes + KcpDatagram.CookieBytes; at++)
        {
            connect[at] ^= 1;
            Assert.False(cookies.TryAccept(connect, from, 100, out _));
            connect[at] ^= 1;
        }
    }

    [Fact]
    public async Task Who_has_a_key_and_breaks_the_segments_is_told_and_cut()
    {
        using var peer = new KcpPeer(_backend);
        await peer.ShakeHands();
        var connection = Listener.Find(peer.Id)!;
        peer.Send(KcpKind.ClientData, "no segments"u8);
        var channel = new KcpChannel(KcpDatagram.ConversationOf(peer.Id), KcpSettings.Default);
        await Wait.Until(() => TryTake(peer, channel));
        var message = new byte[channel.NextMessageBytes];
        channel.Receive(message);
        var goodbye = ServerEnvelope.Parser.ParseFrom(message).Read<Goodbye>();
        Assert.Equal(GoodbyeReason.ProtocolViolation, goodbye.Reason);
        await Wait.Until(() => _backend.Registry.All.All(session => session.Connection != connection));
    }

    [Fact]
    public async Task A_datagram_of_an_unknown_connection_is_answered_with_its_own_seal()
    {
        using var peer = new KcpPeer(_backend);
        await peer.ShakeHands();
        var forgotten = new KcpSeal(peer.Id + 1, new byte[KcpDatagram.KeyBytes]);
        var datagram = new byte[100];
        var length = forgotten.Seal(datagram, KcpKind.ClientData, 24);
        peer.Socket.Send(datagram.AsSpan(0, length));
        var gone = await peer.Receive();
        Assert.Equal(KcpKind.Gone, KcpDatagram.KindOf(gone));
        Assert.True(forgotten.IsGone(gone));
        Assert.True(gone.Length < length);
        Assert.False(peer.Seal.IsGone(gone));
    }

    private static bool TryTake(KcpPeer peer, KcpChannel channel)
    {
        var buffer = new byte[2048];
        while (peer.Socket.Available > 0)
        {
            var datagram = buffer[..peer.Socket.Receive(buffer)];
            if (peer.Seal.TryOpen(datagram, out _, out var payload)
                && KcpDatagram.KindOf(datagram) == KcpKind.ServerData)
                channel.Input(payload, Environment.TickCount64);
        }

        return channel.HasMessage;
    }

    private KcpConnection ConnectionOf(RawClient client) =>
        (KcpConnection)_backend.Registry.Find((long)client.Account.PlayerId)!.Connection;

    private Task<KcpRawClient> Play(DatagramRelay relay) => relay.Play(_backend);
}
