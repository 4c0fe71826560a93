using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Player;

/// <summary>Times of a player's session (configuration section <c>Player</c>).</summary>
public sealed class PlayerOptions
{
    public const string Section = "Player";

    /// <summary>How long a session without a connection can be resumed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan ResumeWindow { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection whose gateway has not been heard for this long is taken for gone.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan GatewaySilence { get; set; } = TimeSpan.FromSeconds(35);

    /// <summary>How often a session's times are looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan WatchEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a reminder wakes the player of an open session, whose silo may have died.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan WakeEvery { get; set; } = TimeSpan.FromMinutes(2);
}
