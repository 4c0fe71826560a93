using GameBackend.Game;

namespace GameBackend.Grains.Leaderboard;

/// <summary>
/// Scores by season. A season of a board is named like <c>rating.1v1/12</c>, and one at a time works on it.
/// </summary>
public interface IBoardStore
{
    /// <summary>Counts a score by the board's operator; a submission that was counted before, not again.</summary>
    Task Submit(string season, BoardDefinition board, BoardSubmission submission);

    /// <summary>Whether a submission of a player was counted there, as far back as that is known.</summary>
    Task<bool> Knows(string season, BoardDefinition board, long player, string submissionId);

    /// <summary>The places from a rank on, and how many there are.</summary>
    Task<(int Players, IReadOnlyList<BoardRow> Rows)> Read(
        string season, BoardDefinition board, int fromRank, int count);

    /// <summary>The places of those players who have one, the best first.</summary>
    Task<IReadOnlyList<BoardRow>> Find(string season, BoardDefinition board, IReadOnlyList<long> players);

    Task Delete(string season);
}

/// <param name="Id">Unique on the board; without spaces.</param>
public readonly record struct BoardSubmission(string Id, long Player, string Name, long Score);

/// <param name="Rank">1 is best.</param>
public readonly record struct BoardRow(int Rank, long Player, string Name, long Score);

internal static class BoardStores
{
    /// <summary>Submissions of a player that are known to be counted. They come one after another.</summary>
    public const int CountedKept = 8;
}
