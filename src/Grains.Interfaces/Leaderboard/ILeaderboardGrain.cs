namespace GameBackend.Grains.Interfaces;

/// <summary>
/// A board of the catalogue, keyed by its id. It ends its seasons by itself: ranks are archived, rewards go out as
/// letters, and everybody on the board is told, once.
/// </summary>
[Alias("gb.Leaderboard")]
public interface ILeaderboardGrain : IGrainWithStringKey
{
    /// <summary>Counts a score in the running season by the board's operator.</summary>
    /// <param name="submissionId">Unique on the board. One that is repeated counts once.</param>
    /// <param name="name">Under which the player stands on the board.</param>
    [Alias("Submit")]
    Task Submit(string submissionId, long playerId, string name, long score);

    /// <summary>A page; the reply is a <see cref="LeaderboardReply"/>.</summary>
    /// <param name="playerId">Who asks, and is told the own rank besides.</param>
    /// <param name="season">0 for the running one.</param>
    [Alias("Read")]
    Task<Outcome> Read(long playerId, uint season, uint fromRank, uint count);

    /// <summary>Those above and below a player in the running season.</summary>
    [Alias("ReadAround")]
    Task<Outcome> ReadAround(long playerId, uint count);

    /// <summary>A player and some others in the running season, the best first, with their ranks among all.</summary>
    [Alias("ReadAmong")]
    Task<Outcome> ReadAmong(long playerId, [Immutable] long[] others);

    /// <summary>Keeps the board awake, so that a season ends when it is over.</summary>
    [Alias("Keep"), AlwaysInterleave]
    Task Keep();
}
