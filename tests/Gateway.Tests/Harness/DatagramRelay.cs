using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>
/// Stands between a client and a UDP port as a router would: it loses and delays datagrams, and can give the client
/// another outside address in the middle of everything.
/// </summary>
internal sealed class DatagramRelay : IAsyncDisposable
{
    private readonly Socket _inside = Bound();
    private readonly IPEndPoint _server;
    private readonly Random _random = new(1);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Socket> _all = [];
    private volatile Socket _outside;
    private volatile EndPoint? _client;

    public DatagramRelay(int serverPort, double loss = 0, int delayMs = 0)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        (Loss, DelayMs) = (loss, delayMs);
        _outside = Outside();
        _ = FromClient();
    }

    public double Loss { get; set; }

    public int DelayMs { get; }

    /// <summary>Where the client connects to.</summary>
    public int Port => ((IPEndPoint)_inside.LocalEndPoint!).Port;

    /// <summary>What came from the client, in order.</summary>
    public ConcurrentQueue<byte[]> FromClientSeen { get; } = new();

    /// <summary>Keeps back what comes from this port of the client from now on, in both directions.</summary>
    public EndPoint? DeadClient { get; set; }

    public EndPoint? Client => _client;

    /// <summary>Datagrams that came from the server to addresses that the client does not have any more.</summary>
    public int Stray { get; private set; }

    /// <summary>Whether what the client sends is kept back, though noted.</summary>
    public bool Holds { get; set; }

    /// <summary>From now on the server sees the client at another port, and the old one leads nowhere.</summary>
    public void ChangeAddress() => _outside = Outside();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _inside.Dispose();
        _all.ForEach(socket => socket.Dispose());
        _end.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private Socket Outside()
    {
        var socket = Bound();
        _all.Add(socket);
        _ = FromServer(socket);
        return socket;
    }

    private async Task FromClient()
    {
        var buffer = new byte[4096];
        while (await Receive(_inside, buffer) is { } received)
        {
            if (received.RemoteEndPoint.Equals(DeadClient))
                continue;
            _client = received.RemoteEndPoint;
            FromClientSeen.Enqueue(buffer[..received.ReceivedBytes]);
            if (!Holds)
                _ = Pass(buffer[..received.ReceivedBytes], datagram => _outside.SendTo(datagram, _server));
        }
    }

    private async Task FromServer(Socket socket)
    {
        var buffer = new byte[4096];
        while (await Receive(socket, buffer) is { } received)
        {
            if (socket != _outside)
                Stray++;
            else if (_client is { } client && !client.Equals(DeadClient))
                _ = Pass(buffer[..received.ReceivedBytes], datagram => _inside.SendTo(datagram, client));
        }
    }

    private async Task<SocketReceiveFromResult?> Receive(Socket socket, byte[] buffer)
    {
        while (true)
        {
            try
            {
                return await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException
                || _end.IsCancellationRequested)
            {
                return null;
            }
            catch (SocketException)
            {
                // The client was not there; it may come back.
            }
        }
    }

    /// <summary>A new player, over this network.</summary>
    public async Task<KcpRawClient> Play(Backend backend)
    {
        var client = await KcpRawClient.Open(backend, Port);
        client.StartReading();
        await client.LogIn(await backend.NewAccount());
        await client.Create();
        return client;
    }

    private async Task Pass(byte[] datagram, Action<byte[]> send)
    {
        bool lost;
        lock (_random)
            lost = _random.NextDouble() < Loss;
        if (lost)
            return;
        if (DelayMs > 0)
            await Task.Delay(DelayMs);
        try
        {
            send(datagram);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Lost as well.
        }
    }
}
