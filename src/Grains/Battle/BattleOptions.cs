using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Battle;

/// <summary>How battles are run and kept (configuration section <c>Battle</c>). The same on every silo.</summary>
public sealed class BattleOptions
{
    public const string Section = "Battle";

    /// <summary>Ticks that are made up for at once after a delay; what is later than that is given up.</summary>
    [Range(1, 100)] public int CatchUpTicks { get; set; } = 5;

    /// <summary>
    /// How often the log is saved: the most that a crash takes, besides the time that the write needs.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan SaveLogEvery { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the whole state is saved: the most that has to be run again after a crash.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan CheckpointEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a gateway is told without having said that it is there.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan AttendWithin { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long players have to come at the start, and to come back after the battle has changed its silo.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan JoinWithin { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>By how much those who watch are behind.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan WatchDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often settlements that were not taken are tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan SettleEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a battle is woken that nobody asks for, until it is settled.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan WakeEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a battle that is over can be looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ReplayKeptFor { get; set; } = TimeSpan.FromDays(1);
}
