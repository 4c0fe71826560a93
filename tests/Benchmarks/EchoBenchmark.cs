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
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

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
        var rounds = args.Number("rounds", 11);
        var inFlights = args.List("in-flight", "1", "16").Select(text => int.Parse(text, CultureInfo.InvariantCulture))
            .ToArray();
        var bare = ServerProcess.FreePort();
        await using var bareServer = await ServerProcess.Host("bare", bare.ToString(CultureInfo.InvariantCulture));
        var reached = true;
        foreach (var layout in args.List("layouts", "single", "apart"))
        {
            await using var backend = await Backend.Start(layout, silos: 1, gateways: 1);
            var tokens = await backend.Tokens(connections);
            foreach (var transport in args.List("transports", "tcp", "ws"))
            {
                var webSocket = transport == "ws";
                using var echo = await EchoLoad.Connect(webSocket ? bare + 1 : bare, webSocket, connections, null);
                using var load = await EchoLoad.Connect(
                    webSocket ? backend.HttpPort(0) : backend.TcpPort(0), webSocket, connections, tokens);
                foreach (var inFlight in inFlights)
                    reached &= Print(layout, transport, inFlight, await Compare(echo, load, inFlight, rounds));
            }
        }

        return reached ? 0 : 1;
    }

    /// <summary>
    /// A second of each in turn, many times: what else the machine does meets both alike, and a hiccup one round only.
    /// </summary>
    private static async Task<List<(double Echo, double Backend)>> Compare(
        EchoLoad echo, EchoLoad backend, int inFlight, int rounds)
    {
        await echo.Run(inFlight, WarmUp);
        await backend.Run(inFlight, WarmUp);
        var rates = new List<(double, double)>();
        for (var round = 0; round < rounds; round++)
            rates.Add((await echo.Run(inFlight, Slice), await backend.Run(inFlight, Slice)));
        return rates;
    }

    private static bool Print(string layout, string transport, int inFlight, List<(double Echo, double Backend)> rates)
    {
        var ratios = rates.Select(rate => rate.Backend / rate.Echo).Order().ToArray();
        var (ratio, target) = (ratios[ratios.Length / 2], Targets.GetValueOrDefault((layout, inFlight)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"echo {layout,-6} {transport,-3} in-flight {inFlight,2}: bare {Median(rates.Select(rate => rate.Echo)),9:N0}/s  backend {Median(rates.Select(rate => rate.Backend)),9:N0}/s  ratio {ratio:F2} ({ratios[0]:F2} to {ratios[^1]:F2})  (at least {target:F2}) {(ratio >= target ? "ok" : "MISSED")}"));
        return ratio >= target;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}

/// <summary>Connections to one server that all echo at the same time, again and again.</summary>
internal sealed class EchoLoad : IDisposable
{
    private readonly List<LoadConnection> _clients = [];

    public static async Task<EchoLoad> Connect(int port, bool webSocket, int connections, string[]? tokens)
    {
        var load = new EchoLoad();
        for (var i = 0; i < connections; i++)
        {
            var client = new LoadConnection(webSocket);
            load._clients.Add(client);
            await client.Connect(port);
            if (tokens is not null)
                await client.Login(tokens[i]);
        }

        return load;
    }

    /// <returns>Echoes a second.</returns>
    public async Task<double> Run(int inFlight, TimeSpan time)
    {
        using var stop = new CancellationTokenSource();
        var before = Completed();
        var watch = Stopwatch.StartNew();
        var running = _clients.ConvertAll(client => Task.Run(() => client.Run(inFlight, stop.Token)));
        await Task.Delay(time);
        var rate = (Completed() - before) / watch.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        var errors = _clients.Sum(client => client.Errors);
        return errors == 0 ? rate : throw new InvalidOperationException($"{errors} echoes were refused.");
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private long Completed() => _clients.Sum(client => Interlocked.Read(ref client.Completed));
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
    private readonly List<(int Tcp, int Http, int Kcp)> _gateways = [];

    public IReadOnlyList<ServerProcess> Silos { get; private set; } = [];

    public IReadOnlyList<ServerProcess> Gateways { get; private set; } = [];

    /// <summary>The options by which the processes find each other.</summary>
    public string[] Cluster { get; private set; } = [];

    public int TcpPort(int gateway) => _gateways[gateway].Tcp;

    public int KcpPort(int gateway) => _gateways[gateway].Kcp;

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
        backend.Cluster = cluster;
        var startedSilos = new List<ServerProcess>();
        for (var i = 0; i < silos; i++)
            startedSilos.Add(await ServerProcess.Host(["silo", .. SiloPorts(), .. cluster]));
        var startedGateways = new List<ServerProcess>();
        for (var i = 0; i < gateways; i++)
            startedGateways.Add(
                await ServerProcess.Host(["gateway", .. backend.GatewayPorts(), .. cluster, .. NoLimits]));
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
            using var answer =
                await http.PostAsJsonAsync("/v1/accounts/device", new { deviceId = $"benchmark-device-{i:D8}" });
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
        var (tcp, http, kcp) = (ServerProcess.FreePort(), ServerProcess.FreePort(), ServerProcess.FreePort());
        _gateways.Add((tcp, http, kcp));
        return
        [
            "--Gateway:TcpPort", tcp.ToString(CultureInfo.InvariantCulture),
            "--Gateway:HttpPort", http.ToString(CultureInfo.InvariantCulture), "--Gateway:KcpPort",
            kcp.ToString(CultureInfo.InvariantCulture), "--Gateway:ListenAny", "true", "--Admin:Port", Port(),
        ];
    }
}
