using GameBackend.EndToEnd.Tests.Players;
using GameBackend.Protocol;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>A silo dies with queues of the matchmaker on it.</summary>
[Collection(ClusterCollection.Name)]
public sealed class MatchTests(ClusterFixture fixture, ITestOutputHelper output) : EndToEndTest(output)
{
    private static readonly string[] Modes = ["1v1", "3v3", "5v5", "ffa8"];
    private static readonly string[] Regions = ["eu-west", "us-east", "asia-east"];
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(8);

    [Fact]
    public Task Those_who_wait_on_a_killed_silo_wait_on_elsewhere_without_asking() => Within(120, async () =>
    {
        var cluster = fixture.Cluster;
        await cluster.Heal();
        // One in each queue, so that none is matched.
        var waiting = await TestPlayer.JoinAll(Modes.Length * Regions.Length, [.. cluster.Gateways]);
        for (var i = 0; i < waiting.Length; i++)
            await waiting[i].Client.Match.Queue(Modes[i % Modes.Length], "", [Near(Regions[i / Modes.Length])]);
        await Wait.Until("all are told", () =>
            Array.TrueForAll(waiting, player => Last(player) is not null), BackWithin);

        var victim = await cluster.BusiestWith("match");
        var before = Array.ConvertAll(waiting, player => Last(player)!);
        var seen = Array.ConvertAll(waiting, player => player.Pushes.Length);
        var began = MachineTime.Now;
        await victim!.Kill();
        // Told by their queues, which nobody has asked for.
        var back = await Task.WhenAll(waiting.Select(async (player, i) =>
        {
            await Wait.Until("told again", () => Last(player, seen[i]) is not null, BackWithin * 2);
            return MachineTime.Now - began;
        }));
        Say($"{victim.Name} is killed; those who wait are told again after {back.Min().TotalSeconds:0.00} to {back.Max().TotalSeconds:0.00} s");
        Assert.All(back, took => Assert.InRange(took, TimeSpan.Zero, BackWithin));
        for (var i = 0; i < waiting.Length; i++)
        {
            var status = (await waiting[i].Client.Match.GetStatus()).Status;
            Assert.Equal((before[i].Mode, 1u), (status.Mode, status.Place));
            Assert.True(status.WaitedSeconds >= before[i].WaitedSeconds, $"{status} after {before[i]}");
        }

        var other = await TestPlayer.Join(cluster.Gateways[0]);
        await other.Client.Match.Queue("1v1", "", [Near(Regions[0])]);
        foreach (var player in new[] { waiting[0], other })
        {
            await Wait.Until("a match is found", () => Pushes<ReadyCheckStarted>(player).Any(), BackWithin);
            await player.Client.Match.AnswerReady(Pushes<ReadyCheckStarted>(player).Single().MatchId, true);
        }

        await Wait.Until("the battle begins", () =>
            Pushes<ReadyCheckEnded>(other).Any(ended => ended.IsOn), BackWithin);
        foreach (var player in waiting.Append(other))
            await player.DisposeAsync();
    });

    private static RegionLatency Near(string region) => new() { Region = region, Milliseconds = 20 };

    private static MatchStatus? Last(TestPlayer player, int after = 0) =>
        player.Pushes.Skip(after).Where(push => push.Seq == 0).Select(push => push.Message).OfType<MatchStatus>()
            .LastOrDefault();

    private static IEnumerable<T> Pushes<T>(TestPlayer player) =>
        player.Pushes.Select(push => push.Message).OfType<T>();
}
