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

/// <summary>What a battle is worth on a board.</summary>
public enum BoardScore
{
    /// <summary>The rating after it, rounded.</summary>
    Rating,
    /// <summary>1 if it was won, else nothing.</summary>
    Wins,
    Kills,
    Damage,
}

/// <summary>What the ranks of a season's end are worth.</summary>
/// <param name="ThroughRank">Down to this rank, from behind the one before.</param>
public sealed record BoardReward(int ThroughRank, Gains Gains);

/// <param name="SeasonDays">How long a season lasts; 0 if it never ends.</param>
/// <param name="Limit">How many are kept; whoever is worse has no rank.</param>
/// <param name="Rewards">Currencies and items.</param>
/// <param name="Mode">Whose battles count.</param>
public sealed record BoardDefinition(
    string Id,
    BoardOperator Operator,
    int SeasonDays,
    int Limit,
    ImmutableArray<BoardReward> Rewards,
    string Mode = "",
    BoardScore Score = BoardScore.Rating);
