using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>
/// Friends and blocks. <see cref="FriendChanged"/> tells of what changes, <see cref="PresenceChanged"/> how friends
/// are.
/// </summary>
public sealed class FriendCalls(GameClient client)
{
    /// <summary>Asks a player to be friends, or accepts if that player has asked.</summary>
    /// <returns>What the two are to each other now.</returns>
    public async Task<FriendRelation> Request(ulong player, CancellationToken cancellation = default) =>
        (await client.Call<RequestFriendRequest, RequestFriendReply>(new() { PlayerId = player }, cancellation)
            .ConfigureAwait(false)).Relation;

    public Task Answer(ulong player, bool accept, CancellationToken cancellation = default) =>
        client.Call<AnswerFriendRequest, AnswerFriendReply>(
            new() { PlayerId = player, Accept = accept }, cancellation);

    /// <summary>Ends a friendship, or takes a request back.</summary>
    public Task Remove(ulong player, CancellationToken cancellation = default) =>
        client.Call<RemoveFriendRequest, RemoveFriendReply>(new() { PlayerId = player }, cancellation);

    public Task Block(ulong player, bool blocked = true, CancellationToken cancellation = default) =>
        client.Call<BlockPlayerRequest, BlockPlayerReply>(
            new() { PlayerId = player, Blocked = blocked }, cancellation);

    /// <summary>What friends read beside the name: up to 80 characters.</summary>
    public Task SetStatus(string text, CancellationToken cancellation = default) =>
        client.Call<SetStatusRequest, SetStatusReply>(new() { Text = text }, cancellation);

    /// <param name="after">Players with larger ids than this.</param>
    /// <param name="count">1 to 50; 0 means 50.</param>
    public Task<ListFriendsReply> List(
        FriendList list = FriendList.Friends, ulong after = 0, uint count = 0,
        CancellationToken cancellation = default) =>
        client.Call<ListFriendsRequest, ListFriendsReply>(
            new() { List = list, After = after, Count = count }, cancellation);
}
