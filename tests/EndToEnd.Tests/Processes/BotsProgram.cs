using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>A run of the bots, as somebody at a shell would start it.</summary>
internal sealed partial class BotsProgram
{
    /// <summary>Seconds of a load that ends when it is told to: longer than any test.</summary>
    public const int UntilEnded = 36_000;

    private static readonly TimeSpan LogInWithin = TimeSpan.FromSeconds(45);
    private readonly ChildProcess _process;
    private readonly int _bots;

    private BotsProgram(ChildProcess process, int bots)
    {
        _process = process;
        _bots = bots;
    }

    public bool IsRunning => _process.IsRunning;

    public static BotsProgram Start(
        string scenario, IEnumerable<Node> gateways, int bots, int seconds, string directory, params string[] more)
    {
        string[] arguments =
        [
            Programs.Bots, scenario, "--gateway", string.Join(',', gateways.Select(gateway => gateway.Accounts)),
            "--bots", bots.ToString(CultureInfo.InvariantCulture),
            "--seconds", seconds.ToString(CultureInfo.InvariantCulture), .. more,
        ];
        return new BotsProgram(ChildProcess.Start($"bots {scenario}", Programs.Dotnet, arguments, directory), bots);
    }

    /// <summary>
    /// Waits until they have made some requests each. All online at once they may never be: some scenarios' bots log
    /// off for a while or cut themselves.
    /// </summary>
    public Task Busy() => _process.Line(
        line => Requests().Match(line) is { Success: true } said
            && int.Parse(said.ValueSpan, CultureInfo.InvariantCulture) > 3 * _bots,
        "that its bots are busy", LogInWithin);

    /// <summary>Ends the load before its time; what is under way is finished and judged.</summary>
    public void EndLoad() => _process.Terminate();

    /// <summary>Waits for the end, and demands that the bots have found nothing wrong.</summary>
    /// <returns>The last line.</returns>
    public async Task<JsonObject> Succeed(TimeSpan within)
    {
        var exit = await _process.Exit(within);
        var line = _process.Lines().LastOrDefault(each => each.StartsWith('{'));
        Assert.True(line is not null, $"{_process.Name} has ended with {exit} and without a result.");
        var result = JsonNode.Parse(line)!.AsObject();
        Assert.True(exit == 0, $"{_process.Name} has ended with {exit}: {line}");
        foreach (var fault in new[] { "lost", "duplicated", "reordered", "unanswered", "failure_count" })
            Assert.True((long)result[fault]! == 0, $"{_process.Name} counts {result[fault]} {fault}: {line}");
        Assert.Equal(_bots, (int)result["bots"]!);
        return result;
    }

    [GeneratedRegex("(?<=requests )[0-9]+")]
    private static partial Regex Requests();
}
