using System.Text.Json;
using System.Text.RegularExpressions;

namespace GameBackend.Gateway.Tests.Metrics;

/// <summary>The dashboard that is shipped asks for what there is.</summary>
public sealed partial class DashboardTests
{
    [Fact]
    public async Task Every_metric_of_the_dashboard_is_in_the_metrics_of_a_running_backend()
    {
        await using var backend = await Backend.Start();
        await using var ann = await backend.Play(Transport.Tcp);
        await ann.Fetch();
        var queries = Queries();
        Assert.True(queries.Count > 40, "The dashboard's queries were not found.");

        var told = Told(await backend.Operators.GetStringAsync("/metrics"));
        var missing = queries.SelectMany(Names).Distinct().Where(name => !told.Contains(name)).ToArray();
        Assert.True(missing.Length == 0, $"The dashboard asks for what no process tells: {string.Join(", ", missing)}");
        Assert.All(queries, query => Assert.Equal(query.Count(c => c == '('), query.Count(c => c == ')')));
    }

    [Theory]
    [InlineData("histogram_quantile(0.9, sum by (le, route) (rate(a_bucket{x=~\"$x\"}[$__rate_interval])))",
        "a_bucket")]
    [InlineData("count(one_x == 0) or vector(0)", "one_x")]
    [InlineData("label_values(node_up, instance)", "node_up")]
    public void The_names_in_a_query_are_found(string query, string name) => Assert.Equal([name], Names(query));

    private static List<string> Queries()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "GameBackend.sln")))
            root = root.Parent;
        using var dashboard = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(root.FullName, "deploy", "grafana", "dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!);
        var variables = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()
            .Where(variable => variable.TryGetProperty("definition", out _))
            .Select(variable => variable.GetProperty("definition").GetString()!);
        return [.. panels, .. variables];
    }

    /// <summary>All that stands in a query and is neither a function, an operator nor a label.</summary>
    private static string[] Names(string query) =>
    [
        .. Name().Matches(Beside().Replace(query, " ")).Select(match => match.Value)
            .Where(name => name is not ("or" or "and" or "unless")),
    ];

    /// <summary>Names of samples, also of those that there are none of yet.</summary>
    private static HashSet<string> Told(string metrics)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        var families = Family().Matches(metrics).Select(each => (each.Groups["name"].Value, each.Groups["type"].Value));
        foreach (var (name, type) in families)
        {
            if (type == "histogram")
                told.UnionWith([$"{name}_bucket", $"{name}_sum", $"{name}_count"]);
            else
                told.Add(name);
        }

        return told;
    }

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\b(by|without)\s*\([^)]*\)|,\s*instance\s*\)")]
    private static partial Regex Beside();

    [GeneratedRegex(@"\b[a-zA-Z_][a-zA-Z0-9_]*\b(?!\s*\()")]
    private static partial Regex Name();

    [GeneratedRegex("^# TYPE (?<name>[^ ]+) (?<type>[a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Family();
}
