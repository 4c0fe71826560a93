using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using GameBackend.Client.Transports;

namespace GameBackend.EndToEnd.Tests.Players;

/// <summary>
/// Connections from an address of the test's choice, which tells a client from a proxy on one machine. KCP is left
/// as it is.
/// </summary>
internal static class BoundTransports
{
    /// <param name="certificates">Judges the server's certificate.</param>
    public static TransportFactory From(IPAddress source, RemoteCertificateValidationCallback certificates)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = certificates,
        };
        return async (gateway, cancellation) => gateway.Scheme switch
        {
            "tcp" => new TcpTransport(await Open(source, gateway, cancellation)),
            "tls" => new TcpTransport(await Secure(await Open(source, gateway, cancellation), tls, cancellation)),
            "wss" => await WebSocket(source, gateway, tls, cancellation),
            _ => await GatewayTransports.Default()(gateway, cancellation),
        };
    }

    private static async Task<Stream> Open(IPAddress source, Uri gateway, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> Secure(
        Stream stream, SslClientAuthenticationOptions tls, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsClientAsync(tls, cancellation);
        return secure;
    }

    private static async Task<ITransport> WebSocket(
        IPAddress source, Uri gateway, SslClientAuthenticationOptions tls, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) => await Open(source, gateway, stop),
            SslOptions = tls,
        });
        try
        {
            await socket.ConnectAsync(gateway, http, cancellation);
            return new WebSocketTransport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
