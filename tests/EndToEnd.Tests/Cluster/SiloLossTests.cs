using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using GameBackend.Protocol;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Silos that die or leave while players write.</summary>
[Collection(ClusterCollection.Name)]
public sealed class SiloLossTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private const int Players = 16;
    private const int MoreWrites = 40;
    private static readonly TimeSpan OutWithin = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task A6_D7_Players_of_a_killed_silo_write_again_within_seconds() => Within(120, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var players = await TestPlayer.JoinAll(Players, [.. cluster.Gateways]);
        var writers = await Writer.For(players);
        await Task.WhenAll(writers.Select(writer => writer.Write()));
        var homes = await Task.WhenAll(players.Select(player => cluster.SiloOf(player.PlayerId)));
        var victim = homes.OfType<Node>().GroupBy(home => home).MaxBy(home => home.Count())!.Key;

        var began = MachineTime.Now;
        await victim.Kill();
        var times = await Task.WhenAll(writers.Select(async writer =>
        {
            await writer.Write();
            return MachineTime.Now - began;
        }));
        var orphans = times.Where((_, i) => homes[i] == victim).ToArray();
        var others = times.Where((_, i) => homes[i] != victim).ToArray();
        Say($"{victim.Name} is killed; its {orphans.Length} players write after {Seconds(orphans)}, {others.Length} others after {Seconds(others)}");
        Say($"answers in between: {Postponements(players)}");
        foreach (var writer in writers)
            await writer.CheckAll();
        Assert.All(times, time => Assert.InRange(time, TimeSpan.Zero, OutWithin));
        await Dispose(players);
    });

    [Fact]
    public Task C8_A_silo_that_is_asked_to_stop_fails_no_request() => Within(150, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var players = await TestPlayer.JoinAll(Players, [.. cluster.Gateways]);
        var writers = await Writer.For(players);
        using var stop = new CancellationTokenSource();
        Task[] running = [.. writers.Select(writer => writer.Run(stop.Token))];
        await Wait.Until("all write", () => writers.All(writer => writer.Acknowledged > 5), Patience);

        var leaving = cluster.Silos[1];
        var began = MachineTime.Now;
        Assert.Equal(0, await leaving.Stop(StopWithin));
        Say($"{leaving.Name} has stopped after {(MachineTime.Now - began).TotalSeconds:0.0} s");
        // It has said itself that it leaves; nobody had to find out.
        Assert.Equal((true, false), await cluster.Membership(leaving));

        var goal = writers.Sum(writer => writer.Acknowledged) + MoreWrites;
        await Wait.Until("they write on", () => writers.Sum(writer => writer.Acknowledged) > goal, Patience);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        Say($"{writers.Sum(writer => writer.Acknowledged)} writes, the slowest in {writers.Max(writer => writer.Slowest).TotalSeconds:0.00} s, in between: {Postponements(players)}");
        var next = await Task.WhenAll(writers.Select(writer => writer.Write()));
        Say($"afterwards the slowest takes {next.Max().TotalMilliseconds:0} ms");
        foreach (var writer in writers)
            await writer.CheckAll();
        Assert.All(next, took => Assert.InRange(took, TimeSpan.Zero, SoonEnough));
        Assert.All(players, player => Assert.Equal(0, player.Client.Statistics.SessionsLost));
        await Dispose(players);
    });

    [Fact]
    public Task A_gateway_that_is_asked_to_stop_sends_its_clients_elsewhere() => Within(120, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        var (leaving, staying) = (cluster.Gateways[0], cluster.Gateways[1]);
        var players = await Task.WhenAll(Enumerable.Range(0, Players).Select(_ => TestPlayer.Join(leaving, staying)));
        var writers = await Writer.For(players);
        using var stop = new CancellationTokenSource();
        Task[] running = [.. writers.Select(writer => writer.Run(stop.Token))];
        await Wait.Until("all write", () => writers.All(writer => writer.Acknowledged > 5), Patience);

        var began = MachineTime.Now;
        Assert.Equal(0, await leaving.Stop(TimeSpan.FromSeconds(15)));
        Say($"{leaving.Name} has stopped after {(MachineTime.Now - began).TotalSeconds:0.0} s");
        var goal = writers.Sum(writer => writer.Acknowledged) + MoreWrites;
        await Wait.Until("they write on", () => writers.Sum(writer => writer.Acknowledged) > goal, Patience);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        Say($"{writers.Sum(writer => writer.Acknowledged)} writes, the slowest in {writers.Max(writer => writer.Slowest).TotalSeconds:0.00} s, in between: {Postponements(players)}");

        foreach (var player in players)
        {
            var goodbye = Assert.Single(player.Pushes.Select(push => push.Message).OfType<Goodbye>());
            Assert.Equal(GoodbyeReason.Draining, goodbye.Reason);
            Assert.Equal(staying.Tcp.Authority, Assert.Single(goodbye.Gateways).Tcp);
            Assert.Equal(staying.WebSocket.ToString(), goodbye.Gateways[0].Websocket);
            Assert.Equal((1, 1, 0), (player.Client.Statistics.Reconnects, player.Client.Statistics.Resumes,
                player.Client.Statistics.SessionsLost));
        }

        foreach (var writer in writers)
            await writer.CheckAll();
        await Dispose(players);
    });

    private static string Seconds(TimeSpan[] times) => times.Length == 0
        ? "-"
        : FormattableString.Invariant($"{times.Min().TotalSeconds:0.00} to {times.Max().TotalSeconds:0.00} s");

    private static string Postponements(TestPlayer[] players)
    {
        var counts = players.SelectMany(player => player.Client.Statistics.Postponements)
            .GroupBy(each => each.Key, each => each.Value).Select(error => $"{error.Sum()} {error.Key}").ToArray();
        return counts.Length == 0 ? "none" : string.Join(", ", counts);
    }

    private static async Task Dispose(TestPlayer[] players)
    {
        foreach (var player in players)
            await player.DisposeAsync();
    }
}
