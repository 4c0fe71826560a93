using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using GameBackend.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace GameBackend.EndToEnd.Tests.SingleProcess;

/// <summary>
/// The silo's image as a whole backend, without a container engine: the process runs with the environment that the
/// Dockerfile gives it, and the Dockerfile's own probe asks it.
/// </summary>
public sealed partial class ImageTests(ITestOutputHelper output) : EndToEndTest(output), IDisposable
{
    private static readonly string Deploy = Path.Combine(Programs.Root, "deploy");
    private static readonly string Dockerfile =
        File.ReadAllText(Path.Combine(Deploy, "Dockerfile.silo")).Replace("\\\n", " ", StringComparison.Ordinal);

    private readonly string _directory = Directory.CreateTempSubdirectory("gamebackend-e2e-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public Task The_probe_of_the_image_finds_a_single_process_ready_and_finds_one_that_stops_not_ready() =>
        Within(120, async () =>
        {
            var portFile = Path.Combine(_directory, "health-port");
            var node = Node.Single(_directory, [.. Environment(portFile), "--Accounts:SigningKey", new string('k', 40)]);
            Assert.NotEqual(0, await Probe(portFile));
            node.Launch("Production");
            try
            {
                await node.Process.Line("Ready.", TimeSpan.FromSeconds(60));
                await Wait.Until(
                    "the probe succeeds", async () => await Probe(portFile) == 0, TimeSpan.FromSeconds(30));
                // All that it has written is where the image has its volumes.
                var volumes = Regex.Match(Dockerfile, @"(?m)^VOLUME (\[.*\])$").Groups[1].Value;
                Assert.Equal(
                    JsonSerializer.Deserialize<string[]>(volumes)!.Select(each => Path.GetFileName(each)).Order(),
                    Directory.GetDirectories(_directory).Select(each => Path.GetFileName(each)).Order());
            }
            finally
            {
                await node.Kill();
            }

            Assert.NotEqual(0, await Probe(portFile));
        });

    [Fact]
    public void Every_port_of_a_single_process_is_exposed()
    {
        var exposed = Regex.Match(Dockerfile, "(?m)^EXPOSE (.*)$").Groups[1].Value.Split(' ');
        Assert.Superset(new HashSet<string> { "7700", "7710", "7720/udp" }, exposed.ToHashSet());
    }

    // As options, since the environment of these tests is all tests'.
    private static IEnumerable<string> Environment(string portFile) =>
        from System.Text.RegularExpressions.Match setting in Setting().Matches(Regex.Match(Dockerfile, "(?m)^ENV (.*)$").Groups[1].Value)
        from argument in new[]
        {
            $"--{setting.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)}",
            setting.Groups[1].Value == "Health__PortFile" ? portFile : setting.Groups[2].Value,
        }
        select argument;

    private static async Task<int> Probe(string portFile)
    {
        var file = Regex.Match(Dockerfile, @"Health__PortFile=(\S+)").Groups[1].Value;
        var command = JsonSerializer.Deserialize<string[]>(
            Regex.Match(Dockerfile, @"(?m)^HEALTHCHECK .*CMD (\[.*\])$").Groups[1].Value)!;
        using var process = Process.Start(command[0], command[1..].Select(argument => argument switch
        {
            "/usr/local/bin/ready" => Path.Combine(Deploy, "ready"),
            _ when argument == file => portFile,
            _ => argument,
        }))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    [GeneratedRegex(@"(\w+__\w+)=(\S+)")]
    private static partial Regex Setting();
}
