namespace GameBackend.Grains.Interfaces;

/// <summary>What a gateway's node says of itself in its metadata, once it takes clients.</summary>
public static class GatewayNode
{
    /// <summary>The id by which its lanes are named.</summary>
    public const string Id = "gateway.id";

    /// <summary>What players' presence calls it.</summary>
    public const string Name = "gateway.name";

    /// <summary>host:port for clients, empty if TCP is off.</summary>
    public const string Tcp = "gateway.tcp";

    /// <summary>ws:// or wss:// address for clients.</summary>
    public const string WebSocket = "gateway.websocket";

    /// <summary>host:port for clients, empty if KCP is off.</summary>
    public const string Kcp = "gateway.kcp";
}
