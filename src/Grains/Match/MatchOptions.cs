using System.ComponentModel.DataAnnotations;

namespace GameBackend.Grains.Match;

/// <summary>The matchmaker (configuration section <c>Match</c>). The same on every silo.</summary>
public sealed class MatchOptions : IValidatableObject
{
    public const string Section = "Match";

    /// <summary>How often a queue looks for matches.</summary>
    public TimeSpan RoundEvery { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often those who wait are told how it goes.</summary>
    public TimeSpan TellEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many are told at a time; in a longer queue each is told more rarely.</summary>
    [Range(1, 100_000)] public int ToldAtOnce { get; set; } = 500;

    /// <summary>Tickets in one queue. A snapshot of so many must fit into one item of the log.</summary>
    [Range(1, 200_000)] public int MaxTickets { get; set; } = 60_000;

    /// <summary>How often each silo asks for every queue and leaderboard, so that none stays lost with its silo; and
    /// how often a leaderboard looks whether its season is over.</summary>
    public TimeSpan KeepEvery { get; set; } = TimeSpan.FromSeconds(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[]
            { (nameof(RoundEvery), RoundEvery), (nameof(TellEvery), TellEvery), (nameof(KeepEvery), KeepEvery) })
        {
            if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromMinutes(1))
                yield return new ValidationResult($"{name} is not within 10 ms and a minute.", [name]);
        }
    }
}
