using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using GameBackend.Client.Transports;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Benchmarks;

/// <summary>
/// The time from a request to its answer over a bad network, KCP against the system's TCP over the same link: many
/// players who each ask at an even pace, whatever has become of the earlier questions.
/// </summary>
internal static class KcpBenchmark
{
    private const int BodyBytes = 64;
    private const double TargetRatio = 0.9;

    public static async Task<int> Run(Arguments args)
    {
        var (connections, seconds, perSecond) =
            (args.Number("connections", 50), args.Number("seconds", 20), args.Number("per-second", 10));
        await using var backend = await Backend.Start("single", silos: 1, gateways: 1);
        var tokens = await backend.Tokens(connections);
        var reached = true;
        foreach (var text in args.List("links", "0:50", "5:50", "5:100"))
        {
            var numbers = text.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            var (loss, delayMs) = (numbers[0], numbers[1]);
            var percentiles = new Dictionary<string, double>();
            foreach (var transport in args.List("transports", "tcp", "kcp"))
            {
                var port = transport == "tcp" ? backend.TcpPort(0) : backend.KcpPort(0);
                using var link = new LossyLink(loss / 100.0, delayMs);
                var times = await Measure(
                    new Uri($"{transport}://{LossyLink.Far}:{port}"), tokens, TimeSpan.FromSeconds(seconds), perSecond);
                percentiles[transport] = At(times, 0.99);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"kcp loss {loss}% delay {delayMs} ms each way: {transport} p50 {At(times, 0.5),6:F1} ms  p90 {At(times, 0.9),6:F1}  p99 {At(times, 0.99),6:F1}  p99.9 {At(times, 0.999),6:F1}  most {times[^1],6:F1}  ({times.Length} answers; {link})"));
            }

            if (loss == 0 || percentiles.Count < 2)
                continue;
            var ratio = percentiles["kcp"] / percentiles["tcp"];
            reached &= ratio <= TargetRatio;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"kcp loss {loss}% delay {delayMs} ms each way: p99 of KCP is {ratio:F2} of TCP's  (at most {TargetRatio:F2}) {(ratio <= TargetRatio ? "ok" : "MISSED")}"));
        }

        return reached ? 0 : 1;
    }

    private static async Task<double[]> Measure(Uri gateway, string[] tokens, TimeSpan time, int perSecond)
    {
        var players = await Task.WhenAll(tokens.Select(token => Asker.Connect(gateway, token)));
        var times = await Task.WhenAll(players.Select(player => player.Run(time, perSecond)));
        foreach (var player in players)
            await player.DisposeAsync();
        return [.. times.SelectMany(each => each).Order()];
    }

    private static double At(double[] sorted, double share) =>
        sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];

    private sealed class Asker(ITransport transport) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<uint, long> _asked = new();
        private readonly List<double> _times = [];
        private uint _lastId;

        public static async Task<Asker> Connect(Uri gateway, string token)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var asker = new Asker(await GatewayTransports.Default()(gateway, limit.Token));
            await asker.Ask(new LoginRequest { AccessToken = token }, 1);
            while (!await asker.Receive())
            {
                // Pushes may come before.
            }

            asker._times.Clear();
            return asker;
        }

        public async Task<List<double>> Run(TimeSpan time, int perSecond)
        {
            var echo = new EchoRequest { Payload = ByteString.CopyFrom(new byte[BodyBytes]) };
            var receiving = Task.Run(async () =>
            {
                while (_times.Count < time.TotalSeconds * perSecond)
                    await Receive();
            });
            // So that not all ask at the same moment.
            await Task.Delay(Random.Shared.Next(1000 / perSecond));
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < time.TotalSeconds * perSecond; i++)
            {
                var wait = i * 1000.0 / perSecond - watch.Elapsed.TotalMilliseconds;
                if (wait > 0)
                    await Task.Delay((int)wait);
                await Ask(echo, 10);
            }

            await receiving.WaitAsync(TimeSpan.FromSeconds(60));
            return _times;
        }

        public ValueTask DisposeAsync() => transport.DisposeAsync();

        private async Task Ask(IMessage request, uint op)
        {
            var id = ++_lastId;
            _asked[id] = Stopwatch.GetTimestamp();
            var envelope = new ClientEnvelope { Id = id, Op = op, Body = request.ToByteString() };
            await transport.Send(envelope.ToByteArray(), more: false, default);
        }

        private async Task<bool> Receive()
        {
            var bytes = await transport.Receive(default)
                ?? throw new EndOfStreamException("The gateway has closed a connection.");
            var envelope = ServerEnvelope.Parser.ParseFrom(bytes.Span);
            if (envelope.Id == 0)
                return false;
            if (envelope.Error != GameError.Ok)
                throw new InvalidOperationException($"An echo was refused: {envelope.Error}.");
            _asked.TryRemove(envelope.Id, out var askedAt);
            _times.Add(Stopwatch.GetElapsedTime(askedAt).TotalMilliseconds);
            return true;
        }
    }
}
