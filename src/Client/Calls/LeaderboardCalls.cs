using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>Who is best. The boards are those of the catalogue.</summary>
public sealed class LeaderboardCalls(GameClient client)
{
    /// <summary>A page of a board.</summary>
    /// <param name="season">0 for the running one.</param>
    /// <param name="fromRank">0 for the top.</param>
    /// <param name="count">1 to 100; 0 means 20.</param>
    public Task<LeaderboardReply> Read(
        string board, uint season = 0, uint fromRank = 0, uint count = 0, CancellationToken cancellation = default) =>
        client.Call<ReadLeaderboardRequest, LeaderboardReply>(
            new() { Board = board, Season = season, FromRank = fromRank, Count = count }, cancellation);

    /// <summary>Those above and below the player.</summary>
    /// <param name="count">Of each, up to 50; 0 means 5.</param>
    public Task<LeaderboardReply> ReadAround(string board, uint count = 0, CancellationToken cancellation = default) =>
        client.Call<ReadAroundRequest, LeaderboardReply>(new() { Board = board, Count = count }, cancellation);

    /// <summary>The player and its friends.</summary>
    public Task<LeaderboardReply> ReadAmongFriends(string board, CancellationToken cancellation = default) =>
        client.Call<ReadAmongFriendsRequest, LeaderboardReply>(new() { Board = board }, cancellation);
}
