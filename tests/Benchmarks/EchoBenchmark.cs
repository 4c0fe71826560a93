using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace GameBackend.Benchmarks;

/// <summary>
/// The whole path of a request (socket, envelope, session, limits, statistics, route, grain call, reply) against a bare
/// Kestrel echo on the same machine in the same run: 64-byte bodies, many connections, one or more requests in flight.
/// </summary>
internal static class EchoBenchmark
{
    private static readonly Dictionary<(string Layout, int InFlight), double> Targets = new()
    {
        [("single", 1)] = 0.75,
        [("single", 16)] = 0.45,
        [("apart", 1)] = 0.50,
        [("apart", 16)] = 0.25,
    };

    public static async Task<int> Run(Arguments args)
    {
        var connections = args.Number("connections", 100);
        var seconds = args.Number("seconds", 5);
        var inFlights = args.List("in-flight", "1", "16").Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var bare = ServerProcess.FreePort();
        await using var bareServer = await ServerProcess.Host("bare", bare.ToString(CultureInfo.InvariantCulture));
        var reached = true;
        foreach (var layout in args.List("layouts", "single", "apart"))
        {
            await using var backend = await Backend.Start(layout, silos: 1, gateways: 1);
            var tokens = await backend.Tokens(connections);
            foreach (var transport in args.List("transports", "tcp", "ws"))
            {
                foreach (var inFlight in inFlights)
                {
                    var webSocket = transport == "ws";
                    // Twice each in turn, so that a drift of the machine meets both alike.
                    double echo = 0, backendRate = 0;
                    for (var round = 0; round < 2; round++)
                    {
                        echo += await Measure(webSocket ? bare + 1 : bare, webSocket, null, connections, inFlight, seconds, round) / 2;
                        backendRate += await Measure(
                            webSocket ? backend.HttpPort(0) : backend.TcpPort(0), webSocket, tokens, connections, inFlight, seconds, round) / 2;
                    }

                    reached &= Print(layout, transport, inFlight, echo, backendRate);
                }
            }
        }

        return reached ? 0 : 1;
    }

    private static bool Print(string layout, string transport, int inFlight, double echo, double backend)
    {
        var ratio = backend / echo;
        var target = Targets.GetValueOrDefault((layout, inFlight));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"echo {layout,-6} {transport,-3} in-flight {inFlight,2}: bare {echo,9:N0}/s  backend {backend,9:N0}/s  ratio {ratio:F2}  (at least {target:F2}) {(ratio >= target ? "ok" : "MISSED")}"));
        return ratio >= target;
    }

    private static async Task<double> Measure(
        int port, bool webSocket, string[]? tokens, int connections, int inFlight, int seconds, int round)
    {
        var clients = new List<LoadConnection>();
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < connections; i++)
        {
            var client = new LoadConnection(webSocket);
            clients.Add(client);
            await client.Connect(port);
            if (tokens is not null)
                await client.Login(tokens[i]);
        }

        var running = clients.ConvertAll(client => client.Run(inFlight, stop.Token));
        await Task.Delay(TimeSpan.FromSeconds(round == 0 ? 8 : 2));
        var before = clients.Sum(client => Interlocked.Read(ref client.Completed));
        var watch = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var completed = clients.Sum(client => Interlocked.Read(ref client.Completed)) - before;
        var rate = completed / watch.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        var errors = clients.Sum(client => client.Errors);
        clients.ForEach(client => client.Dispose());
        return errors == 0 ? rate : throw new InvalidOperationException($"{errors} echoes were refused.");
    }
}

/// <summary>The backend in processes of its own: one of all, or silos and gateways apart with a Redis.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private static readonly string[] NoLimits =
    [
        "--Gateway:RequestsPerSecond", "1000000", "--Gateway:RequestBurst", "1000000",
        "--Accounts:SessionRequestsPerSecond", "100000", "--Accounts:SessionRequestBurst", "100000",
    ];

    private readonly List<ServerProcess> _processes = [];
    private readonly List<(int Tcp, int Http)> _gateways = [];

    public IReadOnlyList<ServerProcess> Silos { get; private set; } = [];

    public IReadOnlyList<ServerProcess> Gateways { get; private set; } = [];

    public int TcpPort(int gateway) => _gateways[gateway].Tcp;

    public int HttpPort(int gateway) => _gateways[gateway].Http;

    public static async Task<Backend> Start(string layout, int silos, int gateways)
    {
        var backend = new Backend();
        if (layout == "single")
        {
            var single = await ServerProcess.Host(["silo", .. SiloPorts(), .. backend.GatewayPorts(), .. NoLimits]);
            backend._processes.Add(single);
            backend.Silos = backend.Gateways = [single];
            return backend;
        }

        var (redis, connection) = await ServerProcess.Redis();
        backend._processes.Add(redis);
        string[] cluster = ["--Redis:ConnectionString", connection, "--Cluster:ServiceId", $"bench-{Guid.NewGuid():N}"];
        var startedSilos = new List<ServerProcess>();
        for (var i = 0; i < silos; i++)
            startedSilos.Add(await ServerProcess.Host(["silo", .. SiloPorts(), .. cluster]));
        var startedGateways = new List<ServerProcess>();
        for (var i = 0; i < gateways; i++)
            startedGateways.Add(await ServerProcess.Host(["gateway", .. backend.GatewayPorts(), .. cluster, .. NoLimits]));
        backend._processes.InsertRange(0, [.. startedGateways, .. startedSilos]);
        (backend.Silos, backend.Gateways) = (startedSilos, startedGateways);
        return backend;
    }

    /// <summary>Access tokens of as many accounts.</summary>
    public async Task<string[]> Tokens(int count)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{HttpPort(0)}") };
        var tokens = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var answer = await http.PostAsJsonAsync("/v1/accounts/device", new { deviceId = $"benchmark-device-{i:D8}" });
            answer.EnsureSuccessStatusCode();
            tokens[i] = (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!;
        }

        return tokens;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    private static string[] SiloPorts() =>
    [
        "--Silo:Port", Port(), "--Silo:GatewayPort", Port(), "--Silo:HttpPort", Port(),
    ];

    private static string Port() => ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);

    private string[] GatewayPorts()
    {
        var (tcp, http) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        _gateways.Add((tcp, http));
        return
        [
            "--Gateway:TcpPort", tcp.ToString(CultureInfo.InvariantCulture),
            "--Gateway:HttpPort", http.ToString(CultureInfo.InvariantCulture),
        ];
    }
}
