namespace GameBackend.TestKit;

/// <summary>A directory that goes with the test.</summary>
public sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gamebackend-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
