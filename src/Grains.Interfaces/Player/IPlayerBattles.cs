namespace GameBackend.Grains.Interfaces;

/// <summary>The player's battles and what they add up to. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerBattles")]
public interface IPlayerBattles : IGrainWithIntegerKey
{
    /// <param name="battle">0 for the one that the player is in.</param>
    [Alias("JoinBattle"), AlwaysInterleave]
    Task<Outcome> JoinBattle(Caller caller, long battle);

    [Alias("LeaveBattle"), AlwaysInterleave]
    Task<Outcome> LeaveBattle(Caller caller, long battle);

    [Alias("VoteSurrender"), AlwaysInterleave]
    Task<Outcome> VoteSurrender(Caller caller, long battle, bool forIt);

    /// <param name="player">0 for oneself.</param>
    [Alias("GetRatings"), AlwaysInterleave]
    Task<Outcome> GetRatings(Caller caller, long player);

    [Alias("ReadBattleHistory")]
    Task<Outcome> ReadBattleHistory(Caller caller, ulong beforeSeq, uint count);

    /// <summary>For other players: an encoded <see cref="GetRatingsReply"/>; null if there is no such player.</summary>
    [Alias("Ratings"), AlwaysInterleave]
    Task<byte[]?> Ratings();

    /// <summary>
    /// Takes what a battle means for the player, once for a battle: rating, statistics, history and rewards in one
    /// write. Repeated by the battle until it has returned.
    /// </summary>
    /// <param name="settlement">An encoded settlement of the rules.</param>
    [Alias("Settle")]
    Task Settle([Immutable] byte[] settlement);
}
