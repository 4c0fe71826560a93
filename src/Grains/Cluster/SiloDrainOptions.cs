using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Cluster;

/// <summary>How a silo is emptied and kept in balance (configuration section <c>Silo</c>).</summary>
public sealed class SiloDrainOptions
{
    public const string Section = "Silo";

    /// <summary>
    /// How long a stopping silo goes on moving its grains to others when they do not get fewer; twice as long in all.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainWithin { get; set; } =
        TimeSpan.FromSeconds(20);

    /// <summary>How often it is looked whether some silos have more than their share.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BalanceEvery { get; set; } =
        TimeSpan.FromSeconds(5);

    /// <summary>
    /// How much more than the mean a silo may have of a type of grain before some are moved, in percent.
    /// </summary>
    [Range(1, 1000)] public int BalanceSlackPercent { get; set; } = 10;

    /// <summary>Grains of one type that are moved at a time, at the most.</summary>
    [Range(1, 100_000)] public int BalanceStep { get; set; } = 500;
}
