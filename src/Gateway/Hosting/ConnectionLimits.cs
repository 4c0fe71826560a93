using System.Net;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GameBackend.Gateway.Hosting;

/// <summary>Limits of connections that hold before TLS and HTTP have begun.</summary>
internal static class ConnectionLimits
{
    /// <summary>Takes a slot for each connection; without one it is dropped.</summary>
    public static void UseConnectionSlots(this ListenOptions listen, ConnectionLimiter limiter) =>
        listen.Use(next => async connection =>
        {
            using var slot = limiter.Take((connection.RemoteEndPoint as IPEndPoint)?.Address, connection.Abort);
            if (slot is null)
            {
                connection.Abort();
                return;
            }

            connection.Features.Set(slot);
            await next(connection);
        });

    /// <summary>
    /// Drops HTTP connections of an address beyond twice <see cref="GatewayOptions.MaxConnectionsPerAddress"/>: as many
    /// plain ones as WebSockets. Proxies are left out: who is behind them is known with the request.
    /// </summary>
    public static void UseAddressLimit(this ListenOptions listen, GatewayOptions options, GatewayMetrics metrics)
    {
        if (options.MaxConnectionsPerAddress == 0)
            return;
        var exempt = Proxies.Trusted(options)
            .Concat(Proxies.Networks(nameof(options.ExemptNetworks), options.ExemptNetworks ?? [])).ToArray();
        var max = 2 * options.MaxConnectionsPerAddress;
        var gate = new Lock();
        var held = new Dictionary<IPAddress, int>();
        listen.Use(next => async connection =>
        {
            var remote = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
            var address = AccountRateLimits.Bucket(remote);
            if (Proxies.IsAmong(exempt, remote))
            {
                await next(connection);
                return;
            }

            if (!Enter(address))
            {
                metrics.ConnectionRefused("address");
                connection.Abort();
                return;
            }

            try
            {
                await next(connection);
            }
            finally
            {
                Leave(address);
            }
        });

        bool Enter(IPAddress address)
        {
            lock (gate)
            {
                var count = held.GetValueOrDefault(address);
                if (count < max)
                    held[address] = count + 1;
                return count < max;
            }
        }

        void Leave(IPAddress address)
        {
            lock (gate)
            {
                if (--held[address] == 0)
                    held.Remove(address);
            }
        }
    }
}
