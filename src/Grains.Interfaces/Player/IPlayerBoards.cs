namespace GameBackend.Grains.Interfaces;

/// <summary>The player and leaderboards. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerBoards")]
public interface IPlayerBoards : IGrainWithIntegerKey
{
    [Alias("ReadLeaderboard")]
    Task<Outcome> ReadLeaderboard(Caller caller, string board, uint season, uint fromRank, uint count);

    [Alias("ReadAround")]
    Task<Outcome> ReadAround(Caller caller, string board, uint count);

    [Alias("ReadAmongFriends")]
    Task<Outcome> ReadAmongFriends(Caller caller, string board);
}
