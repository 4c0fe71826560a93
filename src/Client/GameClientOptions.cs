using GameBackend.Client.Accounts;
using GameBackend.Client.Transports;

namespace GameBackend.Client;

/// <summary>
/// How a <see cref="GameClient"/> behaves. Limits that the server announces are followed by themselves.
/// </summary>
public sealed record GameClientOptions
{
    /// <summary>
    /// Gateways to try before those that the log-in named: <c>tcp://host:port</c>, <c>tls://host:port</c>,
    /// <c>ws://host:port/ws</c>, <c>wss://…</c> or <c>kcp://host:port</c>.
    /// </summary>
    public IReadOnlyList<Uri> Gateways { get; init; } = [];

    /// <summary>Which of a gateway's addresses to use.</summary>
    public PreferredTransport Transport { get; init; } = PreferredTransport.Tcp;

    /// <summary>Whether TCP addresses that the log-in named speak TLS.</summary>
    public bool TcpIsSecure { get; init; }

    /// <summary>Opens connections.</summary>
    public TransportFactory TransportFactory { get; init; } = GatewayTransports.Default();

    /// <summary>Logs in at the accounts' side anew, for when the refresh token is no longer good.</summary>
    public Func<CancellationToken, Task<AccountSession>>? Reauthenticate { get; init; }

    /// <summary>Free text for the server's log, up to 64 characters.</summary>
    public string ClientVersion { get; init; } = "";

    /// <summary>
    /// The last mailbox sequence that the app has handled in an earlier run. Pushes up to it are dropped as duplicates.
    /// </summary>
    public ulong LastSeq { get; init; }

    /// <summary>
    /// How long a call may take, through reconnects and resends, if the caller's token does not end it before. Within
    /// it a request that the server puts off, such as with UNAVAILABLE, is sent again under its id.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="GameClient.Connect"/> keeps trying.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Names the trace that a call belongs to, as a W3C traceparent or null: <c>() => Activity.Current?.Id</c>. Servers
    /// that follow traces go on with it. Asked once a call, on the caller's thread.
    /// </summary>
    public Func<string?>? TraceParent { get; init; }

    /// <summary>
    /// How long one connection may take to open. This and <see cref="HandshakeTimeout"/> double with each try in a row
    /// that takes longer, up to eight times as long: a server that is slow is not gone.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a gateway may take to answer a log-in or resume, for a first try. More than its own call timeout.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The first reconnect waits a random part of this, so that the clients of a lost gateway spread out.
    /// </summary>
    public TimeSpan FirstReconnectWithin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>What the waits between further tries start from; they double, with jitter.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a handled push may go unacknowledged if nothing else is sent.</summary>
    public TimeSpan AcknowledgeWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After how many handled pushes an acknowledgement is sent at once.</summary>
    public int AcknowledgeEvery { get; init; } = 32;
}

/// <summary>Which transport to use where a gateway offers several.</summary>
public enum PreferredTransport
{
    Tcp,
    WebSocket,

    /// <summary>
    /// KCP over UDP: less waiting where packets get lost, and connections that survive a change of network.
    /// </summary>
    Kcp,
}
