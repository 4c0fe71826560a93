using System.Globalization;

namespace GameBackend.Benchmarks;

/// <summary>
/// What an idle authenticated session costs a gateway, and an idle player a silo: live bytes after a collection.
/// </summary>
internal static class MemoryBenchmark
{
    public static async Task<int> Run(Arguments args)
    {
        var sessions = args.Number("sessions", 2000);
        var reached = true;
        foreach (var (transport, target) in new[] { ("tcp", 12), ("ws", 16) })
        {
            await using var backend = await Backend.Start("apart", silos: 1, gateways: 1);
            var tokens = await backend.Tokens(sessions + 10);
            var clients = new List<LoadConnection>();
            // A few sessions first, so that what is made once is not counted.
            await Connect(backend, transport, tokens[..10], clients);
            var (gateway, silo) = (await backend.Gateways[0].LiveBytes(), await backend.Silos[0].LiveBytes());
            await Connect(backend, transport, tokens[10..], clients);
            var session = (await backend.Gateways[0].LiveBytes() - gateway) / (double)sessions / 1024;
            var player = (await backend.Silos[0].LiveBytes() - silo) / (double)sessions / 1024;
            clients.ForEach(client => client.Dispose());
            reached &= session <= target && player <= 8;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"memory {transport,-3}: session {session:F1} KiB in the gateway (at most {target}), player {player:F1} KiB in the silo (at most 8), {sessions} sessions"));
        }

        return reached ? 0 : 1;
    }

    private static async Task Connect(Backend backend, string transport, string[] tokens, List<LoadConnection> clients)
    {
        var webSocket = transport == "ws";
        foreach (var token in tokens)
        {
            var client = new LoadConnection(webSocket);
            await client.Connect(webSocket ? backend.HttpPort(0) : backend.TcpPort(0));
            await client.Login(token);
            await client.Create($"idle{clients.Count}");
            clients.Add(client);
        }
    }
}
