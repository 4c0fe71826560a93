using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.SingleProcess;

/// <summary>Bytes that mean nothing, in great numbers, at both ports.</summary>
public sealed class GarbageTests(SingleProcessFixture fixture, ITestOutputHelper output)
    : EndToEndTest(output), IClassFixture<SingleProcessFixture>
{
    private const int AtOnce = 24;
    private const int AtTcpPort = 12_000;
    private const int AtHttpPort = 6_000;
    private const int OverWebSocket = 400;
    private const long GrowthAllowed = 64L << 20;

    [Fact]
    public Task B9_D7_Malformed_bytes_harm_nobody_else_and_leave_nothing_behind() => Within(120, async () =>
    {
        var node = fixture.Node;
        await using var player = await TestPlayer.Join(node);
        var writer = await Writer.For(player);
        using var stop = new CancellationTokenSource();
        var writing = writer.Run(stop.Token);

        // The first time brings the process to the size that so many connections at once need; the second adds nothing.
        await ThrowAll(node);
        var (size, writes) = (node.Process.ResidentBytes(), writer.Acknowledged);
        var took = await ThrowAll(node);
        var growth = node.Process.ResidentBytes() - size;
        await stop.CancelAsync();
        await writing;
        Say($"twice {AtTcpPort + AtHttpPort + OverWebSocket} bad connections, the second time in {took.TotalSeconds:0.0} s");
        Say($"memory {size >> 20} MB, then {growth / (1 << 20)} MB more");
        Say($"{writer.Acknowledged - writes} writes beside them, the slowest in {writer.Slowest.TotalMilliseconds:0} ms");

        Assert.True(node.IsRunning);
        Assert.InRange(growth, long.MinValue, GrowthAllowed);
        Assert.True(writer.Acknowledged > writes);
        Assert.Equal(0, player.Client.Statistics.Reconnects);
        await writer.CheckAll();
        await using var newcomer = await TestPlayer.Join(node);
        Assert.DoesNotContain(node.Process.Lines(), line => line.Contains(" ERR ", StringComparison.Ordinal));
    });

    private static async Task<TimeSpan> ThrowAll(Node node)
    {
        var began = MachineTime.Now;
        await Throw(AtTcpPort, (i, random) => AtTcp(node, i, random));
        await Throw(AtHttpPort, (i, random) => AtHttp(node, i, random));
        await Throw(OverWebSocket, (_, random) => AtWebSocket(node, random));
        return MachineTime.Now - began;
    }

    private static Task Throw(int count, Func<int, Random, Task> one) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (i, _) => await one(i, new Random(i)));

    private static async Task AtTcp(Node node, int i, Random random)
    {
        byte[] bytes = (i % 6) switch
        {
            // A length of almost 4 GB, of nothing, of more than is allowed.
            0 => [0xff, 0xff, 0xff, 0xf0, .. Noise(random, 40)],
            1 => [0, 0, 0, 0, .. Noise(random, 40)],
            2 => [0, 1, 0, 1, .. Noise(random, 40)],
            // A good length, and no envelope behind it.
            3 => [0, 0, 0, 40, .. Enumerable.Repeat((byte)0xff, 40)],
            // A frame that is never finished.
            4 => [0, 0, 1, 0, .. Noise(random, 100)],
            _ => Noise(random, random.Next(1, 300)),
        };
        await SendAndHearOut(node.TcpPort, bytes);
    }

    private static async Task AtHttp(Node node, int i, Random random)
    {
        var bytes = (i % 3) switch
        {
            0 => Noise(random, random.Next(1, 300)),
            1 => "POST /v1/accounts/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n"u8.ToArray()
                .Concat(Noise(random, 40)).ToArray(),
            _ => "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8.ToArray()
                .Concat(Noise(random, 100)).ToArray(),
        };
        await SendAndHearOut(node.HttpPort, bytes);
    }

    private static async Task AtWebSocket(Node node, Random random)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(node.WebSocket, default);
        try
        {
            await socket.SendAsync(Noise(random, 200), WebSocketMessageType.Binary, true, default);
            var buffer = new byte[1024];
            while ((await socket.ReceiveAsync(buffer, default)).MessageType != WebSocketMessageType.Close)
            {
                // The goodbye comes before the end.
            }
        }
        catch (WebSocketException)
        {
            // The server may be rid of the connection before all is sent.
        }
    }

    // Says its bytes, ends its side, and reads what comes until the other side ends as well.
    private static async Task SendAndHearOut(int port, byte[] bytes)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        try
        {
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer) > 0)
            {
                // A goodbye, or an HTTP refusal.
            }
        }
        catch (SocketException)
        {
            // The server may be rid of the connection before all is sent.
        }
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
