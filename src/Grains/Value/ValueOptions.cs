using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Values;

/// <summary>How value finds its way between grains (configuration section <c>Value</c>).</summary>
public sealed class ValueOptions
{
    public const string Section = "Value";

    /// <summary>How often letters and trades try again what was not taken.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryEvery { get; set; } = TimeSpan.FromSeconds(1);
}
