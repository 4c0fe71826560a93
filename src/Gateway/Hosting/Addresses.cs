using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GameBackend.Gateway.Hosting;

/// <summary>Addresses of both families: how a process listens on them, tells them to clients and reads theirs.</summary>
public static class Addresses
{
    /// <summary>A host and a port as they stand in a URL: an IPv6 address is in brackets there.</summary>
    public static string HostAndPort(string host, int port) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{address}]:{port}"
            : $"{host}:{port}";

    /// <summary>Where to listen on every address: on both families, where the machine has both.</summary>
    public static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>An address of IPv4 that came over a socket of both families, as one of IPv4.</summary>
    public static EndPoint? Plain(EndPoint? remote) => remote is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port)
        : remote;

    /// <summary>Listens on loopback, or on every address of the machine.</summary>
    public static void ListenOn(
        this KestrelServerOptions kestrel, bool any, int port, Action<ListenOptions>? configure = null)
    {
        if (any)
            kestrel.ListenAnyIP(port, Configure);
        else
            kestrel.Listen(IPAddress.Loopback, port, Configure);

        void Configure(ListenOptions listen)
        {
            // First of all: whoever counts, limits or trusts addresses sees each in one form.
            listen.Use(next => connection =>
            {
                connection.RemoteEndPoint = Plain(connection.RemoteEndPoint);
                return next(connection);
            });
            configure?.Invoke(listen);
        }
    }
}
