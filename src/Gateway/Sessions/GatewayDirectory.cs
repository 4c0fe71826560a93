using GameBackend.Nodes;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Sessions;

/// <summary>The gateways of the cluster and where clients reach them, out of what their nodes say.</summary>
internal sealed class GatewayDirectory(
    NodeDirectory nodes, NodeSelf self, GatewayIdentity identity, IOptions<GatewayOptions> options)
    : IHostedLifecycleService
{
    private const int MaxOthers = 4;

    /// <summary>All that take clients, or did.</summary>
    public IReadOnlyList<GatewayEntry> All =>
        [.. nodes.All.Where(node => node.Metadata.ContainsKey(GatewayNode.Id)).Select(GatewayEntry.Of)];

    /// <summary>Where clients can go instead of here.</summary>
    public IReadOnlyList<GatewayAddress> Others => [.. All
        .Where(entry => entry.Id != identity.Id && !entry.Draining)
        .OrderBy(entry => entry.Sessions)
        .Take(MaxOthers)
        .Select(entry => new GatewayAddress { Tcp = entry.Tcp, Websocket = entry.WebSocket, Kcp = entry.Kcp })];

    /// <summary>Nobody is sent here any more.</summary>
    public void Withdraw() => self.Available = false;

    /// <summary>Clients are sent here again.</summary>
    public void Return() => self.Available = true;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The listeners are open: clients may be sent here.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var o = options.Value;
        var scheme = o.TlsCertificate is null ? "ws" : "wss";
        self.SetMetadata(new Dictionary<string, string>
        {
            [GatewayNode.Id] = identity.Id.ToString("N"),
            [GatewayNode.Name] = identity.Name,
            [GatewayNode.Tcp] = o.TcpPort == 0 ? "" : o.AdvertisedTcp ?? o.Advertised(o.TcpPort),
            [GatewayNode.WebSocket] = o.AdvertisedWebSocket ?? $"{scheme}://{o.Advertised(o.HttpPort)}/ws",
            [GatewayNode.Kcp] = o.KcpPort == 0 ? "" : o.AdvertisedKcp ?? o.Advertised(o.KcpPort),
        });
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Who this gateway is: new at every start.</summary>
/// <param name="Name">For people: the host name and the TCP or HTTP port.</param>
public sealed record GatewayIdentity(Guid Id, string Name);

/// <summary>A gateway as others see it. An address is empty if the transport is off there.</summary>
/// <param name="Name">As in <see cref="GatewayIdentity"/>: where players' presence says that they are.</param>
/// <param name="Sessions">Live sessions a moment ago.</param>
public sealed record GatewayEntry(
    Guid Id, string Name, string Tcp, string WebSocket, string Kcp, int Sessions, bool Draining)
{
    internal static GatewayEntry Of(NodeInfo node) => new(
        Guid.Parse(node.Metadata[GatewayNode.Id]),
        node.Metadata.GetValueOrDefault(GatewayNode.Name, ""),
        node.Metadata.GetValueOrDefault(GatewayNode.Tcp, ""),
        node.Metadata.GetValueOrDefault(GatewayNode.WebSocket, ""),
        node.Metadata.GetValueOrDefault(GatewayNode.Kcp, ""),
        (int)node.Load.Items,
        !node.Available);
}

/// <summary>The gateways as they are known now.</summary>
public delegate IReadOnlyList<GatewayEntry> GatewayList();
