using System.Net;
using System.Net.Sockets;
using GameBackend.Gateway.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using IPNetwork = System.Net.IPNetwork;

namespace GameBackend.Gateway.Hosting;

/// <summary>
/// Clients' real addresses behind a proxy: <c>X-Forwarded-For</c> for HTTP and WebSocket, the PROXY protocol for TCP.
/// Only proxies that are listed are believed.
/// </summary>
internal static partial class Proxies
{
    private static readonly TimeSpan HeaderWithin = TimeSpan.FromSeconds(5);

    /// <exception cref="StartupException">An entry is neither an address nor a network.</exception>
    public static IPNetwork[] Trusted(GatewayOptions options) =>
        Networks(nameof(options.TrustedProxies), options.TrustedProxies);

    /// <summary>The networks that an option of the gateway lists.</summary>
    /// <exception cref="StartupException">An entry is neither an address nor a network.</exception>
    public static IPNetwork[] Networks(string option, string[] entries) =>
    [
        .. entries.Select(text => IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address)
                ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
                : throw new StartupException(
                    $"Gateway:{option} has '{text}', which is neither an address nor a network such as 10.0.0.0/8.")),
    ];

    public static void UseTrustedProxies(this WebApplication app, GatewayOptions options)
    {
        if (options.TrustedProxies.Length == 0)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in Trusted(options))
            forwarded.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>Takes the PROXY header off connections that come from a trusted proxy. Others have none.</summary>
    public static void UseProxyProtocol(this ListenOptions listen, GatewayOptions options, ILogger logger)
    {
        if (!options.ProxyProtocol)
            return;
        var trusted = Trusted(options);
        listen.Use(next => async connection =>
        {
            if (connection.RemoteEndPoint is IPEndPoint proxy && IsAmong(trusted, proxy.Address))
            {
                try
                {
                    using var limit = new CancellationTokenSource(HeaderWithin);
                    if (await ProxyProtocol.ReadAsync(connection.Transport.Input, limit.Token) is { } client)
                        connection.RemoteEndPoint = client;
                }
                catch (Exception e) when (e is Transports.ProtocolViolationException or OperationCanceledException
                    or ConnectionResetException or IOException)
                {
                    LogNoHeader(logger, proxy, e.Message);
                    return;
                }
            }

            await next(connection);
        });
    }

    public static bool IsAmong(IPNetwork[] networks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.Contains(plain));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection from the proxy {Proxy} was refused: {Why}")]
    private static partial void LogNoHeader(ILogger logger, EndPoint proxy, string why);
}
