using System.Text;
using System.Text.Json.Nodes;

namespace GameBackend.Game.Tests;

/// <summary>A catalogue in the files of a directory, as a game team keeps its own.</summary>
public sealed class CatalogueFilesTests : IDisposable
{
    private const string WithoutBattles = """{ "arena": null, "match": null, "boards": [] }""";

    private readonly string _directory = Directory.CreateTempSubdirectory("catalogue").FullName;

    public static TheoryData<string> Files =>
        [.. BuiltIn().Select(file => file.Name)];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_files_of_the_game_load_from_a_directory()
    {
        WriteBuiltIn();
        Assert.Equal(Catalogue.LoadDefault().Items.Count, Catalogue.LoadFrom(_directory).Items.Count);
    }

    [Fact]
    public void Files_may_have_any_names_and_sections_that_a_game_does_without_are_there_and_empty()
    {
        Write("all.json", SmallCatalogue.Json);
        Write("no-battles.json", WithoutBattles);
        var catalogue = Catalogue.LoadFrom(_directory);
        Assert.Equal(SmallCatalogue.Instance.Items.Count, catalogue.Items.Count);
        Assert.Null(catalogue.Arena);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_missing_is_named_and_nothing_else_is_said(string name)
    {
        WriteBuiltIn();
        File.Delete(Path.Combine(_directory, name));
        Assert.StartsWith($"{name} is missing", OnlyProblem());
    }

    [Fact]
    public void Every_missing_file_is_named()
    {
        Write("all.json", SmallCatalogue.Json);
        Assert.Equal(
            ["arena.json", "boards.json", "match.json"],
            Problems().Select(problem => problem.Split(' ')[0]));
    }

    [Fact]
    public void A_section_that_is_missing_in_its_file_is_named_with_it()
    {
        WriteBuiltIn();
        var player = JsonNode.Parse(Text("player.json"))!.AsObject();
        player.Remove("starterKit");
        Write("player.json", player.ToJsonString());
        Assert.Equal("player.json: starterKit is not there, and in no other file", OnlyProblem());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_empty_or_no_JSON_is_named_and_nothing_else_is_said(string name)
    {
        WriteBuiltIn();
        foreach (var broken in new[] { "", "{", "null", "[]", "\0\0\0\0", "not JSON" })
        {
            Write(name, broken);
            Assert.StartsWith($"{name}: ", OnlyProblem());
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_cannot_be_read_is_named_and_nothing_else_is_said(string name)
    {
        WriteBuiltIn();
        var path = Path.Combine(_directory, name);
        File.Delete(path);
        File.CreateSymbolicLink(path, Path.Combine(_directory, "gone"));
        Assert.StartsWith($"{name}: cannot be read: ", OnlyProblem());
    }

    [Fact]
    public void A_directory_without_files_names_them_all() =>
        Assert.Equal(BuiltIn().Select(file => $"{file.Name} is missing"), Problems().Select(p => p.Split(',')[0]));

    private static IEnumerable<(string Name, string Json)> BuiltIn()
    {
        const string prefix = "catalogue/";
        var assembly = typeof(Catalogue).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[prefix.Length..], reader.ReadToEnd());
        }
    }

    private static string Text(string name) => BuiltIn().Single(file => file.Name == name).Json;

    private void WriteBuiltIn()
    {
        foreach (var (name, json) in BuiltIn())
            Write(name, json);
    }

    private void Write(string name, string json) =>
        File.WriteAllText(Path.Combine(_directory, name), json, Encoding.UTF8);

    private IReadOnlyList<string> Problems() =>
        Assert.Throws<CatalogueException>(() => Catalogue.LoadFrom(_directory)).Problems;

    private string OnlyProblem() => Assert.Single(Problems());
}
