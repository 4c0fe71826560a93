using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using GameBackend.Client;
using GameBackend.Client.Accounts;
using GameBackend.Protocol;

namespace GameBackend.Benchmarks;

/// <summary>
/// How long an item takes from the post into a mailbox to the player's handler, and a note from the sending client's
/// call to the receiver's handler, in a cluster over all its processes; and what the cluster's processes use while
/// their clients say nothing.
/// </summary>
internal static class MailboxBenchmark
{
    public static async Task<int> Run(Arguments args)
    {
        var (bots, seconds) = (args.Number("bots", 200), args.Number("seconds", 20));
        var perSecond = args.Number("notes-per-second", 200);
        await using var backend = await Backend.Start("apart", args.Number("silos", 2), args.Number("gateways", 2));
        var idle = await IdleProcessor(backend, TimeSpan.FromSeconds(10));

        var latencies = new ConcurrentBag<double>();
        var clients = await Task.WhenAll(Enumerable.Range(0, bots).Select(i => Connect(backend, i, latencies)));
        using var poster = await MailboxPoster.Connect(backend.Cluster);
        var random = new Random(7);
        var (p50, p95) = await Measure("post to handler", latencies, (perSecond, seconds),
            text => poster.Post(clients[random.Next(bots)].PlayerId, text));
        await Measure("call to handler", latencies, (perSecond, seconds),
            text => clients[random.Next(bots)].Mailbox.SendNote(clients[random.Next(bots)].PlayerId, text));
        foreach (var client in clients)
            await client.DisposeAsync();
        return Verdict($"mailbox post to handler: p50 {p50:F2} ms (below 1), p95 {p95:F2} ms (below 5)", p50 < 1 && p95 < 5)
            & Verdict($"mailbox idle: the busiest process uses {idle:F1}% of a core (below 8)", idle < 8) ? 0 : 1;
    }

    private static bool Verdict(FormattableString what, bool reached)
    {
        Console.WriteLine($"{FormattableString.Invariant(what)}  {(reached ? "ok" : "MISSED")}");
        return reached;
    }

    private static async Task<(double P50, double P95)> Measure(
        string what, ConcurrentBag<double> latencies, (int PerSecond, int Seconds) load, Func<string, Task> send)
    {
        await Exchange(send, load.PerSecond, TimeSpan.FromSeconds(10));
        latencies.Clear();
        var sent = await Exchange(send, load.PerSecond, TimeSpan.FromSeconds(load.Seconds));
        await Until(() => latencies.Count >= sent, TimeSpan.FromSeconds(15));
        var sorted = latencies.Order().ToArray();
        if (sorted.Length != sent)
            throw new InvalidOperationException($"{sorted.Length} of {sent} notes have arrived.");
        var (p50, p95, p99) = (sorted[sent / 2], sorted[sent * 95 / 100], sorted[sent * 99 / 100]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"mailbox {what}: {sent} at {load.PerSecond}/s: p50 {p50:F2} ms, p95 {p95:F2} ms, p99 {p99:F2} ms"));
        return (p50, p95);
    }

    private static async Task<double> IdleProcessor(Backend backend, TimeSpan duration)
    {
        await Task.Delay(TimeSpan.FromSeconds(10));
        var processes = backend.Silos.Concat(backend.Gateways).ToList();
        var before = processes.ConvertAll(process => process.ProcessorTime);
        await Task.Delay(duration);
        return processes.Select((process, i) => (process.ProcessorTime - before[i]) / duration * 100).Max();
    }

    private static async Task<GameClient> Connect(Backend backend, int index, ConcurrentBag<double> latencies)
    {
        var gateway = index % backend.Gateways.Count;
        using var accounts = new AccountsClient(new Uri($"http://127.0.0.1:{backend.HttpPort(gateway)}"));
        var account = await accounts.LoginDevice($"mailbox-benchmark-{index:D6}");
        var client = new GameClient(accounts, account, new GameClientOptions
        {
            Gateways = [new Uri($"tcp://127.0.0.1:{backend.TcpPort(gateway)}")],
        });
        client.On<Note>(note => latencies.Add(Stopwatch.GetElapsedTime(
            long.Parse(note.Text, CultureInfo.InvariantCulture)).TotalMilliseconds));
        await client.Connect();
        if (!client.PlayerExists)
            await client.Player.Create($"bench{index}");
        return client;
    }

    private static async Task<int> Exchange(Func<string, Task> send, int perSecond, TimeSpan duration)
    {
        var (sent, watch) = (0, Stopwatch.StartNew());
        var pending = new List<Task>();
        while (watch.Elapsed < duration)
        {
            for (var due = (int)(watch.Elapsed.TotalSeconds * perSecond); sent < due; sent++)
                pending.Add(send(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture)));
            await Task.Delay(1);
        }

        await Task.WhenAll(pending);
        return sent;
    }

    private static async Task Until(Func<bool> condition, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (!condition() && watch.Elapsed < limit)
            await Task.Delay(10);
    }
}
