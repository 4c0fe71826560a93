using System.Diagnostics;
using System.Text.RegularExpressions;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.Cluster;

/// <summary>Battles while the silos that they run on are killed and drained.</summary>
public sealed partial class ArenaTests(ITestOutputHelper output) : EndToEndTest(output)
{
    private const int Bots = 16;

    /// <summary>A silo that was killed is out after about three seconds; then the battle has to be fetched.</summary>
    private const int LongestSilenceMs = 6_500;

    /// <summary>The state of a battle is saved every five seconds.</summary>
    private static readonly TimeSpan UntilSaved = TimeSpan.FromSeconds(8);

    /// <summary>A killed silo's battles run elsewhere by then.</summary>
    private static readonly TimeSpan UntilMoved = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RunWithin = TimeSpan.FromSeconds(420);

    [Fact]
    public Task Battles_go_on_and_count_once_although_their_silos_are_killed_and_drained() => Within(540, async () =>
    {
        var (clock, machine) = (Stopwatch.GetTimestamp(), MachineTime.Now);
        var catalogue = ShortBattles();
        await using var cluster =
            new LocalCluster { SiloCount = 3, SiloOptions = _ => ["--Game:Catalogue", catalogue.FullName] };
        await cluster.Heal();
        var arena = BotsProgram.Start(
            "arena", cluster.Gateways, Bots, BotsProgram.UntilEnded, cluster.Directory, "--catalogue",
            catalogue.FullName);
        await arena.Busy();
        await (await FightingAfter(UntilSaved, cluster)).Kill();
        // Silos that start from now on have another catalogue; battles go on by the one that they began with.
        Edit(catalogue, "\"killScore\": 10", "\"killScore\": 12");
        await cluster.Heal();
        await (await FightingAfter(UntilMoved, cluster)).Stop(TimeSpan.FromSeconds(40));
        await cluster.Heal();
        arena.EndLoad();
        var result = await arena.Succeed(RunWithin);
        Say($"{result.ToJsonString()}");
        Assert.True((long)result["battles"]! > 1 && (long)result["replays_verified"]! == (long)result["battles"]!);
        // The bots go by the clock.
        var slowdown = Stopwatch.GetElapsedTime(clock) / (MachineTime.Now - machine);
        Assert.InRange((long)result["longest_silence_ms"]!, 0, LongestSilenceMs * slowdown);
        catalogue.Delete(recursive: true);
    });

    /// <summary>The built-in catalogue, with battles that end within half a minute.</summary>
    private static DirectoryInfo ShortBattles()
    {
        var directory = Directory.CreateTempSubdirectory("gamebackend-catalogue-");
        foreach (var file in Directory.GetFiles(Path.Combine(Programs.Root, "src", "Game", "Catalogue"), "*.json"))
        {
            var text = TimeLimit().Replace(File.ReadAllText(file), "\"timeLimitMs\": 24000");
            File.WriteAllText(Path.Combine(directory.FullName, Path.GetFileName(file)), text);
        }

        return directory;
    }

    private static void Edit(DirectoryInfo catalogue, string from, string to)
    {
        var path = Path.Combine(catalogue.FullName, "arena.json");
        var before = File.ReadAllText(path);
        var after = before.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(before, after);
        File.WriteAllText(path, after);
    }

    [GeneratedRegex("\"timeLimitMs\": [0-9]+")]
    private static partial Regex TimeLimit();

    /// <summary>A silo on which battles are running, once battles have been for a while.</summary>
    private async Task<Node> FightingAfter(TimeSpan time, LocalCluster cluster)
    {
        Node? silo = null;
        await BattlesRun();
        await Task.Delay(time);
        await BattlesRun();
        Say($"{silo!.Name} has battles");
        return silo;

        Task BattlesRun() => Wait.Until("battles run",
            async () => (silo = await cluster.BusiestWith("battle")) is not null, TimeSpan.FromSeconds(60));
    }
}
