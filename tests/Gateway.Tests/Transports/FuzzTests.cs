using System.Net;
using System.Net.Sockets;
using System.Text;
using GameBackend.Protocol.Kcp;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Transports;

/// <summary>Alone in the process, because it weighs the memory.</summary>
[CollectionDefinition(nameof(FuzzTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>Malformed bytes by the hundred thousand.</summary>
[Collection(nameof(FuzzTests))]
public sealed class FuzzTests
{
    private const int Connections = 6_000, FramesEach = 20, Parallel = 24;
    private const int MemoryGrowthLimit = 16 << 20;

    private static readonly string[] Upgrades =
    [
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /v1/accounts/device HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
        "",
    ];

    [Fact]
    public async Task Malformed_frames_by_the_hundred_thousand_harm_nobody_and_leave_nothing()
    {
        await using var backend = await Backend.Start();
        await using var well = await backend.Play(Transport.Tcp);
        await using var sound = await backend.Play(Transport.WebSocket);
        using var end = new CancellationTokenSource();
        var playing = new[] { Play(well, end.Token), Play(sound, end.Token) };

        await Storm(backend, Connections / 4);
        var before = await Settle(backend);
        await Storm(backend, Connections);
        var after = await Settle(backend);

        await end.CancelAsync();
        foreach (var played in playing)
            Assert.True(await played.Within() > 10);
        Assert.True(after - before < MemoryGrowthLimit, $"From {before} to {after} bytes.");
    }

    [Fact]
    public async Task Malformed_datagrams_by_the_hundred_thousand_harm_nobody_and_leave_nothing()
    {
        await using var backend = await Backend.Start();
        await using var well = await backend.Play(Transport.Kcp);
        await using var sound = await backend.Play(Transport.Tcp);
        using var end = new CancellationTokenSource();
        var playing = new[] { Play(well, end.Token), Play(sound, end.Token) };

        await DatagramStorm(backend, 40);
        var before = await Settle(backend);
        await DatagramStorm(backend, 200);
        var after = await Settle(backend);

        await end.CancelAsync();
        foreach (var played in playing)
            Assert.True(await played.Within() > 10);
        Assert.True(after - before < MemoryGrowthLimit, $"From {before} to {after} bytes.");
    }

    /// <summary>A client that does all it should, and is answered each time.</summary>
    private static async Task<int> Play(RawClient client, CancellationToken end)
    {
        var rounds = 0;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!end.IsCancellationRequested)
        {
            await client.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = $"{++rounds}" });
            Assert.Equal($"{rounds}", client.Pushes[^1].Read<PlayerChanged>().Profile.Motto);
            await client.Send(new ClientEnvelope { Ack = client.LastSeq });
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        return rounds;
    }

    private static Task Storm(Backend backend, int connections) => System.Threading.Tasks.Parallel.ForAsync(
        0, connections, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (seed, _) =>
        {
            var random = new Random(seed);
            try
            {
                await Attack(backend, random);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The gateway has closed the connection, as it may.
            }
        });

    private static async Task Attack(Backend backend, Random random)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var http = random.Next(3) == 0;
        await socket.ConnectAsync(IPAddress.Loopback, http ? backend.Options.HttpPort : backend.Options.TcpPort);
        using var stream = new NetworkStream(socket);
        if (http)
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Upgrades[random.Next(Upgrades.Length)]));
        for (var i = 0; i < FramesEach; i++)
            await stream.WriteAsync(http ? WebSocketFrame(random) : TcpFrame(random));
        // Mostly by a reset: ends in good order keep thousands of ports of the machine busy for a minute.
        if (random.Next(10) > 0)
            socket.LingerState = new LingerOption(true, 0);
        else
            socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>A thousand datagrams from each of some peers; half of the peers have shaken hands before.</summary>
    private static Task DatagramStorm(Backend backend, int peers) => System.Threading.Tasks.Parallel.ForAsync(
        0, peers, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            var random = new Random(seed);
            using var peer = new KcpPeer(backend);
            if (seed % 2 == 0)
                await peer.ShakeHands();
            for (var i = 0; i < 1_000; i++)
            {
                peer.Socket.Send(Datagram(random, peer));
                // Else the system throws most of them away before the gateway sees them.
                if (i % 50 == 0)
                    await Task.Delay(5, CancellationToken.None);
            }
        });

    private static byte[] Datagram(Random random, KcpPeer peer)
    {
        var bytes = Bytes(random, random.Next(20) == 0 ? 1_500 : 120);
        if (bytes.Length > 0 && random.Next(2) == 0)
            bytes[0] = (byte)random.Next(1, 13);
        if (bytes.Length > 8 && peer.Accepted.Length > 0 && random.Next(2) == 0)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), peer.Id);
        return peer.Seal is null || random.Next(3) > 0
            ? bytes
            : peer.Sealed(
                (KcpKind)random.Next(5, 13), bytes.AsSpan(0, Math.Min(bytes.Length, KcpDatagram.MaxPayloadBytes)));
    }

    private static byte[] TcpFrame(Random random) => random.Next(12) switch
    {
        0 => Bytes(random, 40),
        1 => TcpRawClient.Frame(Bytes(random, 40)),
        _ => TcpRawClient.Frame(Envelope(random)),
    };

    private static byte[] WebSocketFrame(Random random)
    {
        var payload = random.Next(8) == 0 ? Bytes(random, 40) : Envelope(random);
        var first = random.Next(8) == 0 ? random.Next(256) : 0x82;
        return [(byte)first, (byte)(0x80 | Math.Min(payload.Length, 125)), 0, 0, 0, 0,
            .. payload.AsSpan(0, Math.Min(payload.Length, 125))];
    }

    /// <summary>An envelope in good form that makes no sense.</summary>
    private static byte[] Envelope(Random random) => new ClientEnvelope
    {
        Id = (uint)random.Next(3),
        Op = (uint)(random.Next(4) == 0 ? random.Next(1, 3) : random.Next(600)),
        Body = ByteString.CopyFrom(Bytes(random, 60)),
        Ack = (ulong)random.NextInt64(),
    }.ToByteArray();

    private static byte[] Bytes(Random random, int max)
    {
        var bytes = new byte[random.Next(max)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task<long> Settle(Backend backend)
    {
        await Wait.Until(() => backend.Registry.Connections == 2);
        // Connections that are closed are held for the 2 s in which they might have to be dropped.
        var least = long.MaxValue;
        for (var end = Environment.TickCount64 + 3_000; Environment.TickCount64 < end; await Task.Delay(300))
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        return least;
    }
}
