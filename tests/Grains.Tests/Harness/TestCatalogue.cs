using GameBackend.Game;

namespace GameBackend.Grains.Tests;

/// <summary>The game's catalogue, but those who fight alone against each other meet at once.</summary>
internal static class TestCatalogue
{
    private const string Far = """[{ "x": 27000, "y": 15000 }""";
    private const string Near = """[{ "x": 5500, "y": 15000 }""";

    public static Catalogue Value { get; } = Load();

    private static Catalogue Load()
    {
        var assembly = typeof(Catalogue).Assembly;
        var documents = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("catalogue/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            }).ToArray();
        Assert.Single(documents, text => text.Contains(Far, StringComparison.Ordinal));
        return Catalogue.Load([.. documents.Select(text => text
            .Replace(Far, Near, StringComparison.Ordinal)
            .Replace("\"graceMs\": 3000", "\"graceMs\": 1000", StringComparison.Ordinal))]);
    }
}
