using System.ComponentModel.DataAnnotations;
using GameBackend.Gateway.Hosting;

namespace GameBackend.Gateway;

/// <summary>Ports, addresses and limits of a gateway (configuration section <c>Gateway</c>).</summary>
public sealed class GatewayOptions : IValidatableObject
{
    public const string Section = "Gateway";

    /// <summary>Port of the raw TCP listener; 0 turns it off.</summary>
    [Range(0, 65535)] public int TcpPort { get; set; } = 7700;

    /// <summary>Port of HTTP and WebSocket.</summary>
    [Range(1, 65535)] public int HttpPort { get; set; } = 7710;

    /// <summary>UDP port of the KCP listener; 0 turns it off.</summary>
    [Range(0, 65535)] public int KcpPort { get; set; } = 7720;

    /// <summary>Listens on every address of the machine instead of loopback only.</summary>
    public bool ListenAny { get; set; }

    /// <summary>The host name or address that clients are told.</summary>
    [Required] public string AdvertisedHost { get; set; } = "127.0.0.1";

    /// <summary>The TCP address that clients are told, if a proxy stands before it; host:port.</summary>
    public string? AdvertisedTcp { get; set; }

    /// <summary>The KCP address that clients are told, if it is another one from outside; host:port.</summary>
    public string? AdvertisedKcp { get; set; }

    /// <summary>The WebSocket address that clients are told, if a proxy stands before it.</summary>
    public string? AdvertisedWebSocket { get; set; }

    internal const string AnyOrigin = "*";

    /// <summary>
    /// Origins of web pages that may use this gateway, such as <c>https://game.example</c>; <c>*</c> for any. Empty:
    /// any in the Development environment, none in others.
    /// </summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) of proxies that are believed when they say who has connected to them:
    /// in <c>X-Forwarded-For</c>, and, with <see cref="ProxyProtocol"/>, in PROXY headers.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>TCP connections from trusted proxies begin with a PROXY header, version 1 or 2.</summary>
    public bool ProxyProtocol { get; set; }

    /// <summary>A PFX file with the certificate for TLS on both ports; empty leaves them plain.</summary>
    public string? TlsCertificate { get; set; }

    public string? TlsPassword { get; set; }

    /// <summary>How long a new connection may take to authenticate.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan AuthenticateWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a client sends a heartbeat, and a gateway checks a session's mailbox by itself.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan HeartbeatEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A connection that is silent for this long is closed. Longer than <see cref="HeartbeatEvery"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.200", "1.00:00:00")]
    public TimeSpan DeadAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a grain call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests a second that a session may keep up.</summary>
    [Range(1, 1_000_000)] public int RequestsPerSecond { get; set; } = 20;

    /// <summary>Requests that a session may send at once after a pause.</summary>
    [Range(1, 1_000_000)] public int RequestBurst { get; set; } = 40;

    /// <summary>
    /// Battle inputs a second that a session may send, besides its requests; a second's worth at once.
    /// </summary>
    [Range(1, 1_000)] public int BattleInputsPerSecond { get; set; } = 60;

    /// <summary>Snapshots of battles that a session is sent, in bytes a second. Beyond it some are left out.</summary>
    [Range(1024, 16 << 20)] public int SnapshotBytesPerSecond { get; set; } = 64 * 1024;

    /// <summary>Bytes that may wait for a client's socket before snapshots are left out for it.</summary>
    [Range(1024, 1 << 20)] public int SnapshotQueueBytes { get; set; } = 16 * 1024;

    /// <summary>Requests of a session that may be unanswered at a time. The player grain keeps 64 answers.</summary>
    [Range(1, 32)] public int MaxInFlight { get; set; } = 32;

    /// <summary>The largest envelope, in bytes.</summary>
    [Range(1024, 65536)] public int MaxFrameBytes { get; set; } = 65536;

    /// <summary>
    /// Whether <c>/ws?format=json</c> is served, where envelopes are text for debugging; by default in the Development
    /// environment alone.
    /// </summary>
    public bool? JsonWebSockets { get; set; }

    /// <summary>Bytes that may wait for one client's socket before it counts as a slow reader and is cut.</summary>
    [Range(4 * 65536, 16 << 20)] public int MaxQueuedBytes { get; set; } = 512 * 1024;

    /// <summary>Connections that this gateway takes, authenticated or not.</summary>
    [Range(1, 1_000_000)] public int MaxConnections { get; set; } = 20_000;

    /// <summary>
    /// Connections that one remote address may hold; 0 for no limit. An IPv6 address counts with its whole /64.
    /// </summary>
    [Range(0, 1_000_000)] public int MaxConnectionsPerAddress { get; set; } = 1_000;

    /// <summary>Connections without a session that one remote address may hold.</summary>
    [Range(1, 1_000_000)] public int MaxUnauthenticatedPerAddress { get; set; } = 32;

    /// <summary>The share of <see cref="MaxConnections"/> that may be without a session, in percent.</summary>
    [Range(1, 100)] public int MaxUnauthenticatedPercent { get; set; } = 25;

    /// <summary>
    /// Addresses or networks to which the limits by address do not apply. In the Development environment loopback, if
    /// nothing is set.
    /// </summary>
    public string[]? ExemptNetworks { get; set; }

    /// <summary>
    /// How long clients get to go elsewhere at shutdown. The whole shutdown of a gateway takes 30 s at the most.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:25")]
    public TimeSpan DrainWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Streams over which mailboxes reach this gateway.</summary>
    [Range(1, 64)] public int Lanes { get; set; } = 4;

    /// <summary>The advertised host with one of the ports, as it stands in a URL.</summary>
    internal string Advertised(int port) => Addresses.HostAndPort(AdvertisedHost, port);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DeadAfter <= HeartbeatEvery)
        {
            yield return new ValidationResult(
                $"DeadAfter ({DeadAfter}) must be longer than HeartbeatEvery ({HeartbeatEvery}).", [nameof(DeadAfter)]);
        }

        if (Uri.CheckHostName(AdvertisedHost) == UriHostNameType.Unknown)
        {
            yield return new ValidationResult(
                $"AdvertisedHost '{AdvertisedHost}' is neither a host name nor an address.", [nameof(AdvertisedHost)]);
        }

        foreach (var origin in AllowedOrigins.Where(each => !IsOrigin(each)))
        {
            yield return new ValidationResult(
                $"AllowedOrigins has '{origin}', which is neither * nor an origin such as https://game.example.",
                [nameof(AllowedOrigins)]);
        }
    }

    // "null" is what pages without an origin send, such as those of files.
    private static bool IsOrigin(string text) => text is AnyOrigin or "null"
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0
            && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase));
}
