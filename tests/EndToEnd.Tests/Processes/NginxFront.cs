using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>
/// A real nginx with the configuration that is deployed, TLS included: only addresses, ports and paths are those of
/// this machine.
/// </summary>
internal sealed partial class NginxFront : IAsyncDisposable
{
    /// <summary>The part of nginx that proxies TCP and UDP, where it is a package of its own.</summary>
    private const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(20);

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("gamebackend-nginx-").FullName;
    private readonly Dictionary<string, int> _ports = new[] { "7700", "7710", "443", "7701" }
        .ToDictionary(port => port, _ => Ports.Take());

    private ChildProcess? _process;

    public string CertificateHash { get; private set; } = "";

    public Uri Accounts => new($"https://127.0.0.1:{_ports["443"]}");

    public Uri PlainAccounts => new($"http://127.0.0.1:{_ports["7710"]}");

    public Uri Tcp => new($"tcp://127.0.0.1:{_ports["7700"]}");

    public Uri Tls => new($"tls://127.0.0.1:{_ports["7701"]}");

    public Uri WebSocket => new($"wss://127.0.0.1:{_ports["443"]}/ws");

    /// <summary>The numbers of all ports on which it listens.</summary>
    public IEnumerable<int> ListeningPorts => _ports.Values;

    /// <summary>What the gateways behind it are told, as in docker-compose.yml.</summary>
    public string[] GatewayOptions =>
    [
        "--Gateway:ProxyProtocol", "true", "--Gateway:TrustedProxies:0", "127.0.0.1",
        "--Gateway:AdvertisedTcp", $"127.0.0.1:{Tcp.Port}", "--Gateway:AdvertisedWebSocket", WebSocket.AbsoluteUri,
    ];

    public async Task Start(IReadOnlyList<Node> gateways)
    {
        Certify();
        var tls = System.IO.Directory.CreateDirectory(Path.Combine(_directory, "tls")).FullName;
        var shipped = Path.Combine(Programs.Root, "deploy", "nginx");
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(shipped, "tls")))
        {
            var text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(Path.Combine(tls, Path.GetFileName(file)), Here(text, gateways));
        }

        var module = File.Exists(StreamModule) ? $"load_module {StreamModule};\n" : "";
        var main = Path.Combine(_directory, "nginx.conf");
        var conf = await File.ReadAllTextAsync(Path.Combine(shipped, "nginx.conf"));
        await File.WriteAllTextAsync(main, module + Here(conf, gateways));
        _process = ChildProcess.Start(
            "nginx", "nginx", ["-p", _directory, "-c", main, "-e", "/dev/stderr", "-g", "daemon off;"], _directory);
        await Wait.Until("nginx listens", IsListening, StartWithin);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { IsRunning: true } nginx)
        {
            // Its workers end with it, which they would not after SIGKILL.
            nginx.Terminate();
            await nginx.Exit(StartWithin);
        }

        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private string Here(string text, IReadOnlyList<Node> gateways)
    {
        text = Listen().Replace(text, match => _ports[match.Value].ToString(CultureInfo.InvariantCulture));
        text = Server().Replace(text, match => string.Join('\n', gateways.Select(gateway =>
        {
            var port = match.Groups["port"].Value == "7710" ? gateway.HttpPort : gateway.TcpPort;
            return $"server 127.0.0.1:{port}{match.Groups["rest"].Value}";
        })));
        text = Resolver().Replace(text, "");
        // Few, so that a test can use them up.
        text = text.Replace("worker_processes auto", "worker_processes 1", StringComparison.Ordinal)
            .Replace("worker_connections 32768", "worker_connections 1024", StringComparison.Ordinal);
        // Also where a user who is not root can write.
        text = text.Replace("\nhttp {\n", $"\nhttp {{\n{string.Concat(Scratch())}", StringComparison.Ordinal);
        return text.Replace("/etc/nginx/", $"{_directory}/", StringComparison.Ordinal)
            .Replace("/tmp/nginx.pid", $"{_directory}/nginx.pid", StringComparison.Ordinal);
    }

    private IEnumerable<string> Scratch() => new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }
        .Select(what => $"{what}_temp_path {_directory}/{what};\n");

    private void Certify()
    {
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(_directory, "certificates")).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate =
            request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        CertificateHash = certificate.GetCertHashString();
        File.WriteAllText(Path.Combine(directory, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task<bool> IsListening()
    {
        if (_process is { IsRunning: false })
            throw new InvalidOperationException($"nginx has ended: {string.Join('\n', _process.Lines())}");
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, Tcp.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"(?<=^\s*listen )\d+", RegexOptions.Multiline)]
    private static partial Regex Listen();

    [GeneratedRegex(@"server gateway:(?<port>\d+) resolve(?<rest>[^;]*;)")]
    private static partial Regex Server();

    [GeneratedRegex(@"^\s*resolver(_timeout)? .*$", RegexOptions.Multiline)]
    private static partial Regex Resolver();
}
