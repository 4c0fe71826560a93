using System.Globalization;
using GameBackend.EndToEnd.Tests.Players;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.SingleProcess;

/// <summary>What a process says when it cannot start as it is told to.</summary>
public sealed class StartTests(SingleProcessFixture fixture, ITestOutputHelper output)
    : EndToEndTest(output), IClassFixture<SingleProcessFixture>
{
    private const int Refused = 2;
    private static readonly TimeSpan ExitWithin = TimeSpan.FromSeconds(45);

    [Fact]
    public Task A_second_process_on_the_same_data_says_that_the_directory_is_in_use() => Within(60, async () =>
    {
        // Other ports, and the same working directory.
        var second = Node.Single(fixture.Node.Directory);
        var process = second.Launch();
        Assert.Equal(Refused, await process.Exit(ExitWithin));
        AssertClear(process, "data", "in use");
    });

    [Fact]
    public Task A_taken_port_of_clients_is_named_and_the_way_out_as_well() => Within(60, async () =>
    {
        var taken = fixture.Node.TcpPort.ToString(CultureInfo.InvariantCulture);
        var second = Node.Single(fixture.DirectoryOf("taken"), "--Gateway:TcpPort", taken);
        var process = second.Launch();
        Assert.Equal(Refused, await process.Exit(ExitWithin));
        AssertClear(process, $"gateway's TCP port {taken}", "--instance");
    });

    [Fact]
    public Task A_taken_port_of_silos_is_named_and_the_way_out_as_well() => Within(60, async () =>
    {
        var taken = fixture.Node.SiloPort.ToString(CultureInfo.InvariantCulture);
        var second = Node.Single(fixture.DirectoryOf("taken-too"), "--Silo:Port", taken);
        try
        {
            var process = second.Launch();
            Assert.Equal(Refused, await process.Exit(ExitWithin));
            AssertClear(process, $"silo port {taken}", "--instance");
        }
        finally
        {
            await second.Kill();
        }
    });

    [Fact]
    public Task A_second_instance_runs_beside_the_first_with_data_of_its_own() => Within(90, async () =>
    {
        // The same options and the same working directory: the number alone tells them apart.
        var second = fixture.Node.Again(fixture.Node.Directory, "--instance", "2");
        await second.Start();
        try
        {
            await using var here = await TestPlayer.Join(fixture.Node);
            await using var there = await TestPlayer.Join(second);
            await here.Client.Player.Buy("wood.oak", 1);
            await there.Client.Player.Buy("wood.oak", 2);
            Assert.True(Directory.Exists(Path.Combine(fixture.Node.Directory, "data-2")));
            Assert.Equal(0, await second.Stop(ExitWithin));
        }
        finally
        {
            await second.Kill();
        }
    });

    [Fact]
    public Task The_well_known_signing_key_is_refused_outside_development() => Within(60, async () =>
    {
        var node = Node.Single(fixture.DirectoryOf("production"));
        var process = node.Launch("Production");
        Assert.Equal(Refused, await process.Exit(ExitWithin));
        AssertClear(process, "Accounts:SigningKey", "Development");
    });

    [Theory]
    [InlineData("Gateway:TcpPort?", "--Gateway:TcpProt", "8000")]
    [InlineData("--bogus", "--bogus")]
    [InlineData("foo", "foo")]
    public Task What_is_no_option_is_named_in_one_line(string named, params string[] arguments) =>
        Within(60, async () =>
        {
            var process = Node.Single(fixture.DirectoryOf("no-option"), arguments).Launch();
            Assert.Equal(Refused, await process.Exit(ExitWithin));
            Assert.Contains(named, Assert.Single(process.Lines()), StringComparison.Ordinal);
        });

    [Fact]
    public Task A_first_start_and_a_smoke_run_are_quiet() => Within(180, async () =>
    {
        // Passwords cost what they must elsewhere; here a slow machine would be late with them, and say so.
        var node = Node.Single(
            fixture.DirectoryOf("quiet"), "--Accounts:PasswordIterations", "10000", "--Gateway:CallTimeout", "00:00:30");
        try
        {
            await node.Start();
            var start = node.Process.Lines();
            // Three lines; a slow machine has a few more of its slowness.
            Assert.InRange(start.Length, 3, 15);
            Assert.DoesNotContain(start, IsAlarm);
            Assert.DoesNotContain(start, line => line.Contains($"http://127.0.0.1:{node.TcpPort}"));
            var bots = BotsProgram.Start("smoke", [node], 3, 10, fixture.DirectoryOf("quiet-bots"));
            await bots.Succeed(TimeSpan.FromSeconds(150));
            // What bots provoke on purpose may be said; what every request does may not.
            Assert.InRange(node.Process.Lines().Length - start.Length, 0, 12);
        }
        finally
        {
            await node.Kill();
        }
    });

    [Theory]
    [InlineData("Gateway:HeartbeatEvery", "00:00:00", "HeartbeatEvery")]
    [InlineData("Gateway:HeartbeatEvery", "abc", "Gateway:HeartbeatEvery")]
    [InlineData("Game:Catalogue", "/nowhere/at/all", "Game:Catalogue '/nowhere/at/all'")]
    public Task A_value_with_which_it_could_not_work_is_named(string option, string value, string named) =>
        Within(60, async () =>
        {
            var process = Node.Single(fixture.DirectoryOf($"{option}-{value.Length}".Replace(':', '-')),
                $"--{option}", value).Launch();
            Assert.Equal(Refused, await process.Exit(ExitWithin));
            AssertClear(process, named);
        });

    // The person who started it reads one line, once, and no stack.
    private static void AssertClear(ChildProcess process, params string[] words)
    {
        var lines = process.Lines();
        Assert.Single(lines, line => words.All(word => line.Contains(word, StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }
}
