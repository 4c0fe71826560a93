using GameBackend.Client;
using GameBackend.Client.Accounts;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.SingleProcess;

/// <summary>One process that is killed in the middle of writes, and started again on what it has left.</summary>
public sealed class KillTests(ITestOutputHelper output) : EndToEndTest(output), IDisposable
{
    private const int Kills = 3;
    private const int Players = 8;
    private const int WritesBetweenKills = 40;
    private const string Password = "correct horse battery";

    private readonly string _directory = Directory.CreateTempSubdirectory("gamebackend-e2e-").FullName;

    [Fact]
    public Task A10_Every_acknowledged_write_outlives_kills_of_a_single_process() => Within(150, async () =>
    {
        var node = Node.Single(_directory, "--Gateway:RequestsPerSecond", "1000", "--Gateway:RequestBurst", "1000");
        try
        {
            var quickest = await Start(node);
            using var accounts = new AccountsClient(node.Accounts);
            var registered = await accounts.Register("somebody", Password);
            var writers = await Writer.For(await TestPlayer.JoinAll(Players, node));
            for (var kill = 1; kill <= Kills; kill++)
            {
                var cutOff = await KillAmidWrites(node, writers);
                var started = await Start(node);
                quickest = started < quickest ? started : quickest;
                for (var i = 0; i < writers.Length; i++)
                    await CheckAfterKill(node, writers[i], cutOff[i], goesOn: i % 2 == 0);
                Assert.Equal(registered.PlayerId, (await accounts.Login("somebody", Password)).PlayerId);
            }

            Say($"{Kills} kills, {writers.Sum(each => each.Acknowledged)} writes, ready in {quickest.TotalSeconds:0.0} s at best");
            Assert.InRange(quickest, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            foreach (var writer in writers)
                await writer.Player.DisposeAsync();
        }
        finally
        {
            await node.Kill();
        }
    });

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task<Task[]> KillAmidWrites(Node node, Writer[] writers)
    {
        using var stop = new CancellationTokenSource();
        var goal = writers.Sum(writer => writer.Acknowledged) + (Players * WritesBetweenKills);
        Task[] running = [.. writers.Select(writer => writer.Run(stop.Token))];
        await Wait.Until(
            "writes are made", () => writers.Sum(writer => writer.Acknowledged) >= goal, TimeSpan.FromSeconds(30));
        await node.Kill();
        await stop.CancelAsync();
        return running;
    }

    // A client that goes on with its session gets its last write done, once. One that is given up is followed by a new
    // one, which finds all that the first was told, and perhaps the write that was cut off.
    private static async Task CheckAfterKill(Node node, Writer writer, Task cutOff, bool goesOn)
    {
        if (goesOn)
        {
            await cutOff;
            await writer.CheckAll();
            return;
        }

        await writer.Player.DisposeClient();
        var end = await Record.ExceptionAsync(() => cutOff);
        Assert.True(end is null or OutcomeUnknownException or ClientClosedException, $"A write has ended with {end}");
        await writer.Player.LogIn(node);
        writer.Settle(await writer.Check());
    }

    private static async Task<TimeSpan> Start(Node node)
    {
        var began = MachineTime.Now;
        await node.Start();
        return MachineTime.Now - began;
    }
}
