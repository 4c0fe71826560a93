namespace GameBackend.EndToEnd.Tests.Processes;

/// <summary>Where the programs lie that the tests start: built beside this one, with the same configuration.</summary>
internal static class Programs
{
    public static string Root { get; } = FindRoot();

    public static string Silo { get; } = Find("src", "Silo");

    /// <summary>The silo of the next version: see tests/NextVersion.</summary>
    public static string NextSilo { get; } = Find("src", "Silo", "next");

    public static string Gateway { get; } = Find("src", "Gateway");

    public static string Harbor { get; } = Find("src", "Harbor");

    public static string Bots { get; } = Find("tests", "Bots");

    /// <summary>What a cluster's Redis is deployed with.</summary>
    public static string RedisConfiguration { get; } = Path.Combine(Root, "deploy", "redis.conf");

    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "GameBackend.sln")))
            directory = directory.Parent;
        return directory?.FullName
            ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    private static string Find(string folder, string project, string build = "")
    {
        // …/bin/Release/net10.0/
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(
            Root, folder, project, "bin", build, framework.Parent!.Name, framework.Name, $"GameBackend.{project}.dll");
    }
}
