using System.Collections.Concurrent;
using System.Diagnostics;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.Protocol;
using GameBackend.TestKit.Wire;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Redis stands still for a while, and goes on.</summary>
[Collection(ClusterCollection.Name)]
public sealed class RedisPauseTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private const int Players = 8;
    private const int Refusals = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);
    // Clients are told 5 s; the rest is for a busy machine.
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly BuyRequest Purchase = new() { Item = "wood.oak", Count = 1 };

    [Fact]
    public Task A_pause_of_redis_is_answered_and_heals_by_itself() => Within(120, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var players = await TestPlayer.JoinAll(Players, [.. cluster.Gateways]);
        var writers = await Writer.For(players);
        await using var asker = await TestPlayer.Join(cluster.Gateways[0]);
        await using var raw = await RawClient.Connect(cluster.Gateways[0], Transport.Tcp);
        await raw.LogIn(new Account(cluster.Gateways[0], asker.PlayerId, await asker.Token(), ""));
        using var stop = new CancellationTokenSource();
        Task[] running = [.. writers.Select(writer => writer.Run(stop.Token))];
        await Wait.Until("all write", () => writers.All(writer => writer.Acknowledged > 5), Patience);

        var asked = new ConcurrentDictionary<uint, TimeSpan>();
        var answers = new ConcurrentDictionary<uint, Answer>();
        var strays = 0;
        raw.Arrived += envelope =>
        {
            if (envelope.Id != 0 && !(asked.TryGetValue(envelope.Id, out var at)
                && answers.TryAdd(envelope.Id, new Answer(envelope.Error, MachineTime.Now - at))))
                Interlocked.Increment(ref strays);
        };
        var asking = AskOn(raw, asked, stop.Token);
        var began = Stopwatch.GetTimestamp();
        cluster.Redis.Process.Freeze();
        await Wait.Until(
            "request after request is told that nothing can be done now",
            () => Stopwatch.GetElapsedTime(began) > Pause
                && answers.Values.Count(each => each.Error == GameError.Unavailable) >= Refusals,
            Patience);
        cluster.Redis.Process.Thaw();
        var paused = Stopwatch.GetElapsedTime(began);
        var written = writers.Select(writer => writer.Acknowledged).ToArray();
        await Wait.Until("all write on", () =>
            writers.Zip(written).All(each => each.First.Acknowledged > each.Second + 5), Patience);
        Say($"redis stood still for {paused.TotalSeconds:0.0} s; all write on {(Stopwatch.GetElapsedTime(began) - paused).TotalSeconds:0.0} s later");
        await stop.CancelAsync();
        await Task.WhenAll(running);
        await asking;
        await Wait.Until("all are answered", () => answers.Count == asked.Count, Patience);

        Say($"{asked.Count} raw requests: {string.Join(", ", answers.Values.GroupBy(each => each.Error).Select(each => $"{each.Count()} {each.Key}"))}");
        Say($"the longest silence was {answers.Values.Max(each => each.Took).TotalSeconds:0.00} s");
        Assert.Equal(0, strays);
        Assert.All(answers.Values, each => Assert.Contains(each.Error, new[] { GameError.Ok, GameError.Unavailable }));
        Assert.All(answers.Values, each => Assert.InRange(each.Took, TimeSpan.Zero, AnsweredWithin));
        foreach (var writer in writers)
            await writer.CheckAll();
        await CheckEachOnce(raw, answers);
        foreach (var player in players)
            await player.DisposeAsync();
    });

    // A purchase every now and then, whatever became of those before.
    private static async Task AskOn(
        RawClient raw, ConcurrentDictionary<uint, TimeSpan> asked, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(AskEvery);
        while (!stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var id = raw.NextId();
            asked[id] = MachineTime.Now;
            await raw.Send(RawClient.Envelope(Purchase, id));
        }
    }

    // Whoever was told Unavailable sends the request again under its id, and it takes effect once in all.
    private static async Task CheckEachOnce(RawClient raw, ConcurrentDictionary<uint, Answer> answers)
    {
        // The log-in was answered as well.
        while (raw.Answers.Count < answers.Count + 1)
            await raw.Next();
        foreach (var id in answers.Where(each => each.Value.Error == GameError.Unavailable).Select(each => each.Key)
            .Order())
        {
            await raw.Send(RawClient.Envelope(Purchase, id));
            Assert.Equal(GameError.Ok, (await raw.Answer(id)).Error);
        }

        var ledger = await raw.Ask<ReadLedgerRequest, ReadLedgerReply>(new ReadLedgerRequest { Count = 100 });
        Assert.Equal(answers.Count, ledger.Entries.Count(entry => entry is { Reason: "shop.buy", Item: "" }));
    }

    /// <param name="Took">From the request to this answer, in <see cref="MachineTime"/>.</param>
    private sealed record Answer(GameError Error, TimeSpan Took);
}
