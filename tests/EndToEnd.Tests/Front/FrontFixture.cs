using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using GameBackend.Client.Accounts;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;

namespace GameBackend.EndToEnd.Tests.Front;

/// <summary>A cluster with two gateways behind nginx, as it is deployed.</summary>
public sealed class FrontFixture : IAsyncLifetime
{
    /// <summary>Where players are, as it seems: nginx speaks to gateways from 127.0.0.1.</summary>
    public static readonly IPAddress Home = IPAddress.Parse("127.0.0.9");

    private readonly HttpClient _http;

    public FrontFixture()
    {
        _http = new HttpClient(
            new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = IsNginx } });
        Cluster = new LocalCluster([.. Nginx.GatewayOptions, "--Tracing:Requests", "Marked"]) { SiloCount = 1 };
    }

    internal NginxFront Nginx { get; } = new();

    internal LocalCluster Cluster { get; }

    public async Task InitializeAsync()
    {
        await Cluster.Start(1);
        await Nginx.Start(Cluster.Gateways);
    }

    public async Task DisposeAsync()
    {
        await Nginx.DisposeAsync();
        await Cluster.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>A player that logs in and plays through nginx alone.</summary>
    internal Task<TestPlayer> Join(string scheme) => TestPlayer.Join(
        BoundTransports.From(Home, IsNginx),
        new AccountsClient(_http, scheme == "tcp" ? Nginx.PlainAccounts : Nginx.Accounts),
        Address(scheme));

    /// <summary>The gateway that a player is connected to.</summary>
    internal Node GatewayOf(TestPlayer player) =>
        Cluster.Gateways.Single(gateway =>
            player.Client.Gateway.EndsWith($":{gateway.HttpPort}", StringComparison.Ordinal));

    private bool IsNginx(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors problems) =>
        shown?.GetCertHashString() == Nginx.CertificateHash;

    private Uri Address(string scheme) => scheme switch
    {
        "tcp" => Nginx.Tcp,
        "tls" => Nginx.Tls,
        "wss" => Nginx.WebSocket,
        // KCP goes past nginx.
        _ => Cluster.Gateways[0].Kcp,
    };
}
