namespace GameBackend.Grains.Interfaces;

/// <summary>Which gateways take players. One grain, key 0; gateways renew their entry every second.</summary>
[Alias("gb.GatewayDirectory")]
public interface IGatewayDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Adds or renews an entry, and returns all that are alive.</summary>
    [Alias("Announce")]
    Task<GatewayEntry[]> Announce(GatewayEntry entry);

    /// <summary>Takes an entry out at once.</summary>
    [Alias("Withdraw")]
    Task Withdraw(Guid id);

    [Alias("List"), AlwaysInterleave]
    Task<GatewayEntry[]> List();
}

/// <param name="Tcp">host:port for clients, empty if TCP is off.</param>
/// <param name="WebSocket">ws:// or wss:// address for clients.</param>
/// <param name="Kcp">host:port for clients over UDP, empty if KCP is off; null from a gateway that has none yet.</param>
/// <param name="Sessions">Live sessions now.</param>
[GenerateSerializer, Immutable, Alias("gb.GatewayEntry")]
public sealed record GatewayEntry(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Tcp,
    [property: Id(3)] string WebSocket,
    [property: Id(4)] int Sessions,
    [property: Id(5)] bool Draining,
    [property: Id(6)] string? Kcp = null);
