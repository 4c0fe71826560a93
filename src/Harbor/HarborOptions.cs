using System.ComponentModel.DataAnnotations;

namespace GameBackend.Harbor;

/// <summary>Where the harbors of all zones meet, and this one's port (configuration section <c>Harbor</c>).</summary>
public sealed class HarborOptions
{
    public const string Section = "Harbor";

    /// <summary>The Redis in which harbors meet; the zone's own if empty.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Keys and channels of the harbors' network begin with it, the same for all zones.</summary>
    [Required] public string Prefix { get; set; } = "harbors";

    /// <summary>Port of the health endpoints.</summary>
    [Range(1, 65535)] public int HttpPort { get; set; } = 7910;

    /// <summary>Listens on every address of the machine instead of loopback.</summary>
    public bool ListenAny { get; set; }
}
