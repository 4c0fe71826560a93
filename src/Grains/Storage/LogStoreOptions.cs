using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Storage;

public sealed class LogStoreOptions
{
    /// <summary>How many message ids a log remembers in order to refuse a second append of the same message.</summary>
    [Range(1, 65_536)]
    public int MessageIdsKept { get; set; } = 256;
}
