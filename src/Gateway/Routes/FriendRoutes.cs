using GameBackend.Gateway.Chat;
using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal sealed class FriendRoutes(ChannelHub hub)
{
    public void Map(RouteTable routes)
    {
        routes.Map<RequestFriendRequest, RequestFriendReply>(
            (call, r) => call.Player<IPlayerFriends>().RequestFriend(call.Caller, (long)r.PlayerId));
        routes.Map<AnswerFriendRequest, AnswerFriendReply>(
            (call, r) => call.Player<IPlayerFriends>().AnswerFriend(call.Caller, (long)r.PlayerId, r.Accept));
        routes.Map<RemoveFriendRequest, RemoveFriendReply>(
            (call, r) => call.Player<IPlayerFriends>().RemoveFriend(call.Caller, (long)r.PlayerId));
        routes.Map<BlockPlayerRequest, BlockPlayerReply>(Block);
        routes.Map<SetStatusRequest, SetStatusReply>(
            (call, r) => call.Player<IPlayerFriends>().SetStatus(call.Caller, r.Text));
        routes.Map<ListFriendsRequest, ListFriendsReply>((call, r) => call.Player<IPlayerFriends>().ListFriends(
            call.Caller, r.List, (long)r.After, r.Count));
    }

    /// <summary>From the answer on nothing of the blocked player is heard.</summary>
    private async Task<Outcome> Block(Call call, BlockPlayerRequest request)
    {
        var outcome = await call.Player<IPlayerFriends>().BlockPlayer(
            call.Caller, (long)request.PlayerId, request.Blocked);
        if (outcome.Error == GameError.Ok)
            await hub.BlocksChanged(call.Session);
        return outcome;
    }
}
