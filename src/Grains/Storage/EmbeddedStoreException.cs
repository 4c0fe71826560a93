namespace GameBackend.Grains.Storage;

/// <summary>The embedded store cannot be opened, or has stopped after a failure of its disk.</summary>
public class EmbeddedStoreException : Exception
{
    public EmbeddedStoreException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>The stored version is not the one that the write was made for.</summary>
/// <param name="stored">The version that is stored; 0 if there is no value.</param>
public sealed class VersionConflictException(string table, string key, ulong stored, ulong expected)
    : EmbeddedStoreException($"{table}/{key} has version {stored}, not {expected}.")
{
    public ulong Stored { get; } = stored;
}
