using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Guild;

/// <summary>
/// Times of guilds (configuration section <c>Guild</c>). What they cost and allow is in the catalogue.
/// </summary>
public sealed class GuildOptions
{
    public const string Section = "Guild";

    /// <summary>
    /// How often a guild in memory looks for what has run out, what it owes, and whether its leader is there.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan TendEvery { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How soon it tries again what has failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a reminder wakes a guild that is not in memory.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan WakeEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long reports of guilds may wait to be saved in the directory.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan IndexSavedWithin { get; set; } = TimeSpan.FromSeconds(2);
}
