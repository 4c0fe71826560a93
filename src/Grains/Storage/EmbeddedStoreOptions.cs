using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Storage;

/// <summary>The store of a single process (configuration section <c>Store</c>).</summary>
public sealed class EmbeddedStoreOptions
{
    public const string Section = "Store";

    /// <summary>Where the files are. One process at a time may have it open.</summary>
    [Required]
    public string Directory { get; set; } = "data";

    /// <summary>
    /// Whether a write is acknowledged only when the disk has it. Without it, the death of the process still loses
    /// nothing, but the loss of power does.
    /// </summary>
    public bool Fsync { get; set; } = true;

    /// <summary>The size at which a file of the journal is closed and the next one begun.</summary>
    [Range(4 * 1024, 1024 * 1024 * 1024)]
    public long SegmentBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Below this size on disk nothing is compacted.</summary>
    [Range(0, long.MaxValue)]
    public long CompactAboveBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest value or log item.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxValueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How much may wait for the disk. Writers beyond it wait for room.</summary>
    [Range(1, 512 * 1024 * 1024)]
    public int MaxPendingBytes { get; set; } = 64 * 1024 * 1024;
}
