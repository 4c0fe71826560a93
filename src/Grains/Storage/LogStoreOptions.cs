using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Storage;

/// <summary>Bounds of the logs behind mailboxes and ledgers (configuration section <c>LogStore</c>).</summary>
public sealed class LogStoreOptions
{
    public const string Section = "LogStore";

    /// <summary>How many message ids a log remembers in order to refuse a second append of the same message.</summary>
    [Range(128, 65_536)]
    public int MessageIdsKept { get; set; } = 256;
}
