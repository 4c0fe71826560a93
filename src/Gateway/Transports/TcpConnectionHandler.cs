using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Transports;

/// <summary>Kestrel's entry for raw TCP clients, whose slot was taken before TLS began.</summary>
internal sealed class TcpConnectionHandler(SessionHost host, IOptions<GatewayOptions> options) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => host.Run(
        new TcpConnection(connection, options.Value), connection.Features.GetRequiredFeature<ConnectionSlot>());
}
