namespace GameBackend.Client.Accounts;

/// <summary>
/// What a log-in at the accounts' side has given: who one is, the tokens to show, and where to connect.
/// </summary>
/// <param name="AccessToken">Opens a game session. Short-lived.</param>
/// <param name="AccessExpiresAt">When the access token ends, by this machine's clock.</param>
/// <param name="RefreshToken">Trades for a new session of the account once. Keep it secret.</param>
/// <param name="Gateways">The gateways to connect to, the best first.</param>
public sealed record AccountSession(
    ulong PlayerId,
    string AccessToken,
    DateTimeOffset AccessExpiresAt,
    string RefreshToken,
    IReadOnlyList<GatewayEndpoints> Gateways)
{
    /// <summary>How long the access token was good for when it was issued.</summary>
    public TimeSpan AccessLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The secret that the server has made for a device without one: what this device logs in with from now on. Null
    /// otherwise.
    /// </summary>
    public string? DeviceId { get; init; }

    /// <summary>Whether the access token has less than a fifth of its life left, or ten seconds.</summary>
    public bool IsNearItsEnd(DateTimeOffset now)
    {
        var left = AccessExpiresAt - now;
        return left < TimeSpan.FromSeconds(10) || left.Ticks < AccessLifetime.Ticks / 5;
    }
}

/// <summary>How a gateway is reached.</summary>
/// <param name="Tcp">host:port, empty if not offered.</param>
/// <param name="WebSocket">A ws:// or wss:// address, empty if not offered.</param>
/// <param name="Kcp">host:port over UDP, empty if not offered.</param>
public sealed record GatewayEndpoints(string Tcp, string WebSocket, string Kcp = "");
