using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Transports;

/// <summary>Kestrel's entry for raw TCP clients.</summary>
internal sealed class TcpConnectionHandler(SessionHost host, IOptions<GatewayOptions> options) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) =>
        host.Run(new TcpConnection(connection, options.Value));
}
