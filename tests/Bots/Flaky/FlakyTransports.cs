using System.Net.Sockets;
using System.Net.WebSockets;
using GameBackend.Client.Transports;

namespace GameBackend.Bots.Flaky;

/// <summary>Opens connections that cut themselves at random moments.</summary>
internal sealed class FlakyTransports : IDisposable
{
    private readonly Func<Random, CutPlan> _draw;
    private readonly Random _random;
    private readonly Func<bool> _cutsAreWanted;
    private readonly HttpMessageInvoker _http;

    /// <param name="draw">When each connection is cut.</param>
    public FlakyTransports(int seed, Func<bool> cutsAreWanted, Func<Random, CutPlan> draw)
    {
        _draw = draw;
        _random = new Random(seed);
        _cutsAreWanted = cutsAreWanted;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
                await Open(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation),
        });
    }

    public async ValueTask<ITransport> Connect(Uri gateway, CancellationToken cancellation)
    {
        if (gateway.Scheme == "tcp")
            return new TcpTransport(await Open(gateway.Host, gateway.Port, cancellation));
        if (gateway.Scheme == "kcp")
            return new CuttableTransport(await KcpTransport.Connect(gateway, cancellation), Draw(), _cutsAreWanted);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
            await socket.ConnectAsync(gateway, _http, cancellation);
            return new WebSocketTransport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private CutPlan Draw()
    {
        lock (_random)
            return _draw(_random);
    }

    private async Task<Stream> Open(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return new CuttableStream(socket, Draw(), _cutsAreWanted);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
