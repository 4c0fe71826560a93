using System.Globalization;
using System.Net;
using System.Net.Security;
using GameBackend.TestKit.Wire;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>
/// A silo, a gateway, or a single process that is both: its ports and options stay, its process comes and goes.
/// </summary>
internal sealed class Node : IGateway
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    private readonly string _program;
    private readonly string[] _arguments;
    private ChildProcess? _process;

    private Node(string name, string program, string directory, string[] arguments)
    {
        Name = name;
        _program = program;
        Directory = directory;
        _arguments = arguments;
    }

    public string Name { get; }

    /// <summary>Its working directory, with its logs and, in a single process, its data.</summary>
    public string Directory { get; }

    public int TcpPort { get; private init; }

    public int HttpPort { get; private init; }

    /// <summary>A gateway's KCP port has the number of its TCP port here.</summary>
    public int KcpPort => TcpPort;

    RemoteCertificateValidationCallback? IGateway.IsShown => null;

    string IGateway.AdminKey => LocalCluster.AdminKey;

    public HttpClient Http => field ??= new HttpClient { BaseAddress = Accounts };

    HttpClient IGateway.Operators => field ??= new HttpClient { BaseAddress = Operators };

    public int SiloPort { get; private init; }

    /// <summary>Where it tells whether it is ready; a gateway's operators' port.</summary>
    public int OperatorsPort { get; private init; }

    public Uri Operators => new($"http://127.0.0.1:{OperatorsPort}");

    public Uri Accounts => new($"http://127.0.0.1:{HttpPort}");

    /// <summary>A gateway's KCP port has the number of its TCP port here.</summary>
    public Uri Kcp => new($"kcp://127.0.0.1:{TcpPort}");

    public Uri Tcp => new($"tcp://127.0.0.1:{TcpPort}");

    public Uri WebSocket => new($"ws://127.0.0.1:{HttpPort}/ws");

    public ChildProcess Process => _process ?? throw new InvalidOperationException($"{Name} does not run.");

    public bool IsRunning => _process is { IsRunning: true };

    /// <summary>A whole backend in one process. Its ports leave room for a second instance.</summary>
    public static Node Single(string directory, params string[] options)
    {
        var ports = Ports.Take(10);
        return new Node("single", Programs.Silo, directory,
        [
            .. Option("Gateway:TcpPort", ports), .. Option("Gateway:HttpPort", ports + 2),
            .. Option("Gateway:KcpPort", ports), .. Option("Admin:Port", ports + 8),
            .. Option("Silo:Port", ports + 4), .. Option("Silo:GatewayPort", ports + 6), .. options,
        ])
        {
            TcpPort = ports,
            HttpPort = ports + 2,
            SiloPort = ports + 4,
            OperatorsPort = ports + 8,
        };
    }

    public static Node Silo(string name, string directory, params string[] options) =>
        Silo(Programs.Silo, name, directory, options);

    /// <param name="program">Which version.</param>
    public static Node Silo(string program, string name, string directory, string[] options)
    {
        var ports = Ports.Take(3);
        return new Node(name, program, directory,
        [
            .. Option("Silo:Port", ports), .. Option("Silo:GatewayPort", ports + 1),
            .. Option("Silo:HttpPort", ports + 2), .. options,
        ])
        {
            SiloPort = ports,
            HttpPort = ports + 2,
            OperatorsPort = ports + 2,
        };
    }

    public static Node Gateway(string name, string directory, params string[] options)
    {
        var ports = Ports.Take(3);
        return new Node(name, Programs.Gateway, directory,
        [
            .. Option("Gateway:TcpPort", ports), .. Option("Gateway:HttpPort", ports + 1),
            .. Option("Gateway:KcpPort", ports), .. Option("Admin:Port", ports + 2), .. options,
        ])
        {
            TcpPort = ports,
            HttpPort = ports + 1,
            OperatorsPort = ports + 2,
        };
    }

    public static Node Harbor(string name, string directory, params string[] options)
    {
        var port = Ports.Take();
        return new Node(
            name, Programs.Harbor, directory, [.. Option("Harbor:HttpPort", port), .. options])
        { HttpPort = port, OperatorsPort = port };
    }

    /// <summary>The same node with more options, as if somebody started it once more beside this one.</summary>
    public Node Again(string directory, params string[] options)
    {
        var shift = options is ["--instance", var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) - 1 : 0;
        return new Node($"{Name} again", _program, directory, [.. _arguments, .. options])
        {
            TcpPort = TcpPort + shift,
            HttpPort = HttpPort + shift,
            SiloPort = SiloPort + shift,
            OperatorsPort = OperatorsPort + shift,
        };
    }

    /// <summary>Starts the process, and waits until it takes players or grains.</summary>
    public async Task Start()
    {
        Launch();
        await Process.Line("Ready.", StartWithin);
        await Wait.Until($"{Name} is ready", IsReady, StartWithin);
    }

    /// <summary>Starts the process, however that ends.</summary>
    /// <param name="environment">The environment that decides what is allowed, such as Production.</param>
    public ChildProcess Launch(string environment = "Development")
    {
        if (IsRunning)
            throw new InvalidOperationException($"{Name} runs already.");
        return _process = ChildProcess.Start(
            Name, Programs.Dotnet, [_program, .. _arguments], Directory,
            ("ASPNETCORE_ENVIRONMENT", environment), ("DOTNET_ENVIRONMENT", environment), ("ASPNETCORE_URLS", null));
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> Stop(TimeSpan within)
    {
        Process.Terminate();
        return await Process.Exit(within);
    }

    /// <summary>SIGKILL.</summary>
    public Task Kill() => Process.Kill();

    private async Task<bool> IsReady()
    {
        if (!IsRunning)
            throw new InvalidOperationException($"{Name} has ended before it was ready.");
        try
        {
            using var answer = await Http.GetAsync(new Uri(Operators, "/health/ready"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static string[] Option(string name, int value) =>
        [$"--{name}", value.ToString(CultureInfo.InvariantCulture)];
}
