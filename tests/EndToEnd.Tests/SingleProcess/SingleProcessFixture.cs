using GameBackend.EndToEnd.Tests.Processes;

namespace GameBackend.EndToEnd.Tests.SingleProcess;

/// <summary>One process with silo, gateway and store, for the tests of a class.</summary>
public sealed class SingleProcessFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gamebackend-e2e-").FullName;

    internal Node Node { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Node = Node.Single(DirectoryOf("first"));
        await Node.Start();
    }

    public string DirectoryOf(string name) => Path.Combine(_directory, name);

    public async Task DisposeAsync()
    {
        await Node.Kill();
        Directory.Delete(_directory, recursive: true);
    }
}
