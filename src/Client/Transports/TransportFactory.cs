using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace GameBackend.Client.Transports;

/// <summary>Opens a connection to a gateway.</summary>
public delegate ValueTask<ITransport> TransportFactory(Uri gateway, CancellationToken cancellation);

/// <summary>The transports that the SDK has.</summary>
public static class GatewayTransports
{
    /// <summary>
    /// Connects by the scheme of the address: <c>tcp://host:port</c>, <c>tls://host:port</c>, <c>ws://…</c>,
    /// <c>wss://…</c> or <c>kcp://host:port</c>.
    /// </summary>
    /// <param name="certificates">Judges the server's certificate; null means as the system does.</param>
    public static TransportFactory Default(RemoteCertificateValidationCallback? certificates = null) =>
        (gateway, cancellation) => gateway.Scheme switch
        {
            "tcp" or "tls" => ConnectTcp(gateway, certificates, cancellation),
            "ws" or "wss" => ConnectWebSocket(gateway, certificates, cancellation),
            "kcp" => KcpTransport.Connect(gateway, cancellation),
            _ => throw new NotSupportedException($"{gateway} is no address of a gateway."),
        };

    private static async ValueTask<ITransport> ConnectTcp(
        Uri gateway, RemoteCertificateValidationCallback? certificates, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // The older framework cannot cancel a connect, but closing the socket ends it.
            using (cancellation.Register(socket.Dispose))
                await socket.ConnectAsync(gateway.Host, gateway.Port).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            var stream = new NetworkStream(socket, ownsSocket: true);
            return new TcpTransport(gateway.Scheme == "tls"
                ? await Secure(stream, gateway.Host, certificates, cancellation).ConfigureAwait(false)
                : stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> Secure(
        Stream stream, string host, RemoteCertificateValidationCallback? certificates, CancellationToken cancellation)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = certificates,
        };
        await secure.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
        return secure;
    }

    private static async ValueTask<ITransport> ConnectWebSocket(
        Uri gateway, RemoteCertificateValidationCallback? certificates, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            // The envelopes' own heartbeats keep the connection alive.
            socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
            if (certificates is not null)
                socket.Options.RemoteCertificateValidationCallback = certificates;
            await socket.ConnectAsync(gateway, cancellation).ConfigureAwait(false);
            return new WebSocketTransport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
