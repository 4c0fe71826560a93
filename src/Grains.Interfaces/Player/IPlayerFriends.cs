namespace GameBackend.Grains.Interfaces;

/// <summary>The player's friends. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerFriends")]
public interface IPlayerFriends : IGrainWithIntegerKey
{
    [Alias("RequestFriend")]
    Task<Outcome> RequestFriend(Caller caller, long player);

    [Alias("AnswerFriend")]
    Task<Outcome> AnswerFriend(Caller caller, long player, bool accept);

    [Alias("RemoveFriend")]
    Task<Outcome> RemoveFriend(Caller caller, long player);

    [Alias("BlockPlayer")]
    Task<Outcome> BlockPlayer(Caller caller, long player, bool blocked);

    [Alias("SetStatus")]
    Task<Outcome> SetStatus(Caller caller, string text);

    [Alias("ListFriends")]
    Task<Outcome> ListFriends(Caller caller, FriendList list, long after, uint count);
}
