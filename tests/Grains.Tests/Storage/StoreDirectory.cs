using GameBackend.Grains.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>A directory for an embedded store that goes with the test.</summary>
public sealed class StoreDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("store-").FullName;

    public string[] Files =>
        [.. new DirectoryInfo(Path).GetFiles().Select(file => file.Name).Where(name => name != "lock").Order()];

    public static EmbeddedStore Open(
        string path, Action<EmbeddedStoreOptions>? configure = null, int kept = 8)
    {
        var options = new EmbeddedStoreOptions { Directory = path };
        configure?.Invoke(options);
        return new EmbeddedStore(
            Options.Create(options),
            Options.Create(new LogStoreOptions { MessageIdsKept = kept }),
            NullLogger<EmbeddedStore>.Instance);
    }

    public EmbeddedStore Open(Action<EmbeddedStoreOptions>? configure = null) => Open(Path, configure);

    /// <summary>The directory as it is now, as a crash would leave it.</summary>
    public StoreDirectory Copy()
    {
        var copy = new StoreDirectory();
        foreach (var file in Files)
            File.Copy(System.IO.Path.Combine(Path, file), System.IO.Path.Combine(copy.Path, file));
        return copy;
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
