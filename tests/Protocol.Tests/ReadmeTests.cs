using System.Globalization;
using System.Text.RegularExpressions;

namespace GameBackend.Protocol.Tests;

/// <summary>The README is the contract for clients that others write: what it lists is what there is.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Root(), "README.md"));

    [Fact]
    public void The_table_of_opcodes_has_every_request_and_no_other()
    {
        var table = Table("| op | method |").SelectMany(Requests).Order();
        Assert.Equal(
            Opcodes.Requests.Values.Select(request => (request.Op, request.Name, request.Effect)).Order(), table);
    }

    [Fact]
    public void Every_push_is_named_with_its_opcode()
    {
        var pushes = Lines.SkipWhile(line => !line.StartsWith("Pushes ", StringComparison.Ordinal))
            .TakeWhile(line => line.Length > 0);
        Assert.Equal(
            Opcodes.Pushes.Values.Select(push => (push.Op, push.Name)).Order(),
            PushName().Matches(string.Join(' ', pushes))
                .Select(match => (Number(match.Groups[1].Value), match.Groups[2].Value)).Order());
    }

    [Fact]
    public void Every_reason_of_a_goodbye_is_explained()
    {
        const string prefix = "GOODBYE_REASON_";
        var explained = Table("| reason | what to do |").SelectMany(row => row[0].Split(", "))
            .Select(reason => reason.Trim('`'));
        var reasons = SystemReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(GoodbyeReason)).Values
            .Where(value => value.Number != 0).Select(value => value.Name[prefix.Length..]);
        Assert.Equal(reasons.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// A row names its opcodes one by one or from the first to the last, the methods that have them one after another,
    /// and what they are: all alike, or all but those behind the colon.
    /// </summary>
    private static IEnumerable<(uint Op, string Name, Effect Effect)> Requests(string[] row)
    {
        var ops = row[0].Split(" to ") is [var first, var last]
            ? [.. Enumerable.Range((int)Number(first), (int)(Number(last) - Number(first) + 1)).Select(op => (uint)op)]
            : row[0].Split(", ").Select(Number).ToArray();
        var (service, methods) = (row[1].Split('.')[0], row[1].Split('.')[1].Split(", "));
        Assert.True(ops.Length == methods.Length, $"{row[0]}: {ops.Length} opcodes, {methods.Length} methods.");
        var exceptions = row[2].Split("; read: ") is [_, var reads] ? reads.Split(", ") : [];
        Assert.Empty(exceptions.Except(methods));
        return ops.Zip(methods, (op, method) => (
            op, $"{service}.{method}",
            row[2].StartsWith("write", StringComparison.Ordinal) && !exceptions.Contains(method)
                ? Effect.Write : Effect.Read));
    }

    /// <summary>The cells of the rows below a header.</summary>
    private static IEnumerable<string[]> Table(string header) =>
        Lines.SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|', ' ').Split(" | "));

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "GameBackend.sln")))
            directory = directory.Parent;
        return directory?.FullName
            ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    [GeneratedRegex("""([0-9]+) `(\w+)`""")]
    private static partial Regex PushName();
}
