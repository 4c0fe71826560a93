using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>
/// Battles. <see cref="BattleView"/> joins one and follows it; when it has been counted, <see cref="BattleSettled"/>
/// comes.
/// </summary>
public sealed class BattleCalls(GameClient client)
{
    /// <param name="battle">0 for the one that the player is in.</param>
    public Task<JoinBattleReply> Join(ulong battle = 0, CancellationToken cancellation = default) =>
        client.Call<JoinBattleRequest, JoinBattleReply>(new() { BattleId = battle }, cancellation);

    /// <summary>Leaves for good.</summary>
    public Task Leave(ulong battle = 0, CancellationToken cancellation = default) =>
        client.Call<LeaveBattleRequest, LeaveBattleReply>(new() { BattleId = battle }, cancellation);

    /// <summary>
    /// Sends an input and waits to hear what became of it. A game does not wait: it sends by
    /// <see cref="BattleView.Send"/>, and sees in the snapshots what has become of it.
    /// </summary>
    public Task<BattleInputReply> Ask(BattleInput input, CancellationToken cancellation = default) =>
        client.Call<BattleInput, BattleInputReply>(input, cancellation);

    public Task VoteSurrender(ulong battle, bool forIt, CancellationToken cancellation = default) =>
        client.Call<VoteSurrenderRequest, VoteSurrenderReply>(
            new() { BattleId = battle, ForIt = forIt }, cancellation);

    public Task<WatchBattleReply> Watch(ulong battle, CancellationToken cancellation = default) =>
        client.Call<WatchBattleRequest, WatchBattleReply>(new() { BattleId = battle }, cancellation);

    /// <summary>A page of the replay of a battle that is over.</summary>
    public Task<ReadReplayReply> ReadReplay(ulong battle, uint page = 0, CancellationToken cancellation = default) =>
        client.Call<ReadReplayRequest, ReadReplayReply>(new() { BattleId = battle, Page = page }, cancellation);

    /// <param name="player">0 for oneself.</param>
    public Task<GetRatingsReply> GetRatings(ulong player = 0, CancellationToken cancellation = default) =>
        client.Call<GetRatingsRequest, GetRatingsReply>(new() { PlayerId = player }, cancellation);

    public Task<ReadBattleHistoryReply> ReadHistory(
        ulong beforeSeq = 0, uint count = 0, CancellationToken cancellation = default) =>
        client.Call<ReadBattleHistoryRequest, ReadBattleHistoryReply>(
            new() { BeforeSeq = beforeSeq, Count = count }, cancellation);
}
