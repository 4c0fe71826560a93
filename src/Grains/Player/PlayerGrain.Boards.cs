namespace GameBackend.Grains.Player;

/// <summary>The player and leaderboards.</summary>
public sealed partial class PlayerGrain
{
    public Task<Outcome> ReadLeaderboard(Caller caller, string board, uint season, uint fromRank, uint count) =>
        ReadBoard(caller, board, found => found.Read(PlayerId, season, fromRank, count));

    public Task<Outcome> ReadAround(Caller caller, string board, uint count) =>
        ReadBoard(caller, board, found => found.ReadAround(PlayerId, count));

    public Task<Outcome> ReadAmongFriends(Caller caller, string board) =>
        ReadBoard(caller, board, async found => await found.ReadAmong(PlayerId, await Social.Friends()));

    private async Task<Outcome> ReadBoard(Caller caller, string board, Func<ILeaderboardGrain, Task<Outcome>> read)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        return catalogue.Boards.ContainsKey(board)
            ? await read(GrainFactory.GetGrain<ILeaderboardGrain>(board))
            : Outcome.Refused(GameError.BoardUnknown);
    }
}
