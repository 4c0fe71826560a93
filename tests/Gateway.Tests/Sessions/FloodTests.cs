using System.Net;
using System.Net.Sockets;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>Strangers who connect and do not log in, beside players who do.</summary>
public sealed class FloodTests
{
    private const int PerAddress = 3;

    private static readonly (string Key, object Value)[] Settings =
    [
        ("Gateway:ExemptNetworks:0", "192.0.2.0/24"), ("Gateway:MaxUnauthenticatedPerAddress", PerAddress),
        ("Gateway:MaxConnections", 40), ("Gateway:MaxUnauthenticatedPercent", 25),
        // Nobody is cut for being slow here.
        ("Gateway:AuthenticateWithin", "00:02:00"),
    ];

    [Fact]
    public async Task An_address_without_log_ins_keeps_nobody_else_out()
    {
        await using var backend = await Backend.Start(Settings);
        using var flood = new Flood(backend);
        foreach (var transport in Enum.GetValues<Transport>())
        {
            for (var i = 0; i < 3 * PerAddress; i++)
                await flood.Connect(transport, IPAddress.Parse("127.0.0.2"));
            await Wait.Until(() => backend.Registry.Connections == PerAddress);
            await using var player = await (await backend.NewAccount()).LogIn(transport);
            Assert.Equal(GameError.Ok, (await player.Ask(new TimeRequest())).Error);
        }
    }

    [Fact]
    public async Task A_flood_from_many_addresses_keeps_nobody_out_and_ends_no_session()
    {
        await using var backend = await Backend.Start(Settings);
        using var flood = new Flood(backend);
        var players = new List<RawClient>();
        foreach (var transport in Enum.GetValues<Transport>())
        {
            for (var i = 0; i < 60; i++)
                await flood.Connect(transport, IPAddress.Parse($"127.0.1.{i / PerAddress}"));
            players.Add(await (await backend.NewAccount()).LogIn(transport));
        }

        foreach (var player in players)
            Assert.Equal(GameError.Ok, (await player.Ask(new TimeRequest())).Error);
        Assert.InRange(backend.Registry.Connections, 3, 13);
        foreach (var player in players)
            await player.DisposeAsync();
    }

    /// <summary>Connections that say nothing.</summary>
    private sealed class Flood(Backend backend) : IDisposable
    {
        private readonly List<IDisposable> _open = [];

        public Task Connect(Transport transport, IPAddress from) => transport switch
        {
            Transport.Tcp => ConnectTcp(from, backend.Options.TcpPort),
            Transport.WebSocket => ConnectWebSocket(from),
            _ => ConnectKcp(from),
        };

        public void Dispose() => _open.ForEach(each => each.Dispose());

        private async Task<Socket> ConnectTcp(IPAddress from, int port)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _open.Add(socket);
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Loopback, port).Within();
            return socket;
        }

        private async Task ConnectWebSocket(IPAddress from)
        {
            var socket = await ConnectTcp(from, backend.Options.HttpPort);
            await socket.SendAsync(
                "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"u8.ToArray()
                .Concat("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n"u8.ToArray())
                .ToArray()).Within();
            await socket.ReceiveAsync(new byte[1024]).Within();
        }

        private async Task ConnectKcp(IPAddress from)
        {
            var peer = new KcpPeer(backend, from);
            _open.Add(peer);
            await peer.AskCookie();
            peer.Socket.Send(Protocol.Kcp.KcpDatagram.Handshake(peer.Nonce, peer.Cookie));
            await peer.Receive();
        }
    }
}
