using System.Globalization;
using GameBackend.Gateway.Hosting;
using GameBackend.Silo;
using Microsoft.AspNetCore.Builder;

namespace GameBackend.Benchmarks;

/// <summary>
/// The child's side of a measured server: <c>host bare PORT</c>, <c>host silo ARGS</c> or <c>host gateway ARGS</c>.
/// Says "ready", answers "memory" with the bytes of live objects, and ends with its standard input.
/// </summary>
internal static class HostedProcess
{
    // In the working directory, which is the child's own.
    private const string PortFile = "health-port";

    public static async Task<int> Run(string[] args)
    {
        var app = args switch
        {
            ["bare", var port] => BareEcho.Build(int.Parse(port, CultureInfo.InvariantCulture)),
            ["silo", .. var rest] => SiloHost.Build([.. rest, $"--Health:PortFile={PortFile}"]),
            ["gateway", .. var rest] => GatewayHost.Build([.. rest, $"--Health:PortFile={PortFile}"]),
            _ => throw new ArgumentException("host bare|silo|gateway"),
        };
        await using WebApplication running = app;
        await running.StartAsync();
        if (File.Exists(PortFile))
            await Ready(await File.ReadAllTextAsync(PortFile));
        Console.WriteLine("ready");
        await Task.Factory.StartNew(Obey, TaskCreationOptions.LongRunning);
        await running.StopAsync();
        return 0;
    }

    private static async Task Ready(string port)
    {
        using var http = new HttpClient();
        while (true)
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
            if (answer.IsSuccessStatusCode)
                return;
            await Task.Delay(20);
        }
    }

    // Reading the console blocks, so it must not cost the server one of its pool's threads.
    private static void Obey()
    {
        while (Console.ReadLine() is { } line)
        {
            if (line == "memory")
                Console.WriteLine($"memory {LiveBytes()}");
        }
    }

    private static long LiveBytes()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(true);
    }
}
