using GameBackend.Protocol;

namespace GameBackend.Client.Calls;

/// <summary>
/// Waiting for a battle. <see cref="ReadyCheckStarted"/> and <see cref="ReadyCheckEnded"/> arrive for certain, over
/// lost connections as well; of <see cref="MatchStatus"/> the newest counts.
/// </summary>
public sealed class MatchCalls(GameClient client)
{
    /// <summary>Queues the player, or the team that it leads.</summary>
    /// <param name="mode">Of the catalogue, such as "3v3".</param>
    /// <param name="role">Of the arena's roles; empty for the first.</param>
    /// <param name="latencies">
    /// To the regions; without any, the first shard's regions are all the same to the player.
    /// </param>
    public async Task<MatchStatus> Queue(
        string mode, string role = "", IEnumerable<RegionLatency>? latencies = null,
        CancellationToken cancellation = default)
    {
        var request = new QueueMatchRequest { Mode = mode, Role = role };
        if (latencies is not null)
            request.Latencies.AddRange(latencies);
        return (await client.Call<QueueMatchRequest, QueueMatchReply>(request, cancellation)
            .ConfigureAwait(false)).Status;
    }

    /// <summary>Ends the waiting of the player and its team.</summary>
    public Task Cancel(CancellationToken cancellation = default) =>
        client.Call<CancelMatchRequest, CancelMatchReply>(new(), cancellation);

    /// <param name="role">Another role; empty for that of the queueing.</param>
    public Task AnswerReady(ulong match, bool ready, string role = "", CancellationToken cancellation = default) =>
        client.Call<AnswerReadyRequest, AnswerReadyReply>(
            new() { MatchId = match, Ready = ready, Role = role }, cancellation);

    /// <summary>Whether the player waits, is asked, or is in a battle.</summary>
    public Task<GetMatchStatusReply> GetStatus(CancellationToken cancellation = default) =>
        client.Call<GetMatchStatusRequest, GetMatchStatusReply>(new(), cancellation);
}
