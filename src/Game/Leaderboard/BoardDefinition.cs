using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>What a new score does to the old one.</summary>
public enum BoardOperator
{
    /// <summary>The higher one stays.</summary>
    Best,
    Set,
    Increment,
}

/// <summary>What the ranks of a season's end are worth.</summary>
/// <param name="ThroughRank">Down to this rank, from behind the one before.</param>
public sealed record BoardReward(int ThroughRank, Gains Gains);

/// <param name="SeasonDays">How long a season lasts; 0 if it never ends.</param>
/// <param name="Limit">How many are kept; whoever is worse has no rank.</param>
public sealed record BoardDefinition(
    string Id, BoardOperator Operator, int SeasonDays, int Limit, ImmutableArray<BoardReward> Rewards);
