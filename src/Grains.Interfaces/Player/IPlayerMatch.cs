using System.Collections.Immutable;

namespace GameBackend.Grains.Interfaces;

/// <summary>The player's way to the matchmaker. Part of the player grain, keyed by player id.</summary>
[Alias("gb.PlayerMatch")]
public interface IPlayerMatch : IGrainWithIntegerKey
{
    [Alias("QueueMatch")]
    Task<Outcome> QueueMatch(Caller caller, string mode, string role, ImmutableArray<RegionPing> latencies);

    [Alias("CancelMatch")]
    Task<Outcome> CancelMatch(Caller caller);

    [Alias("AnswerReady")]
    Task<Outcome> AnswerReady(Caller caller, long match, bool ready, string role);

    [Alias("GetMatchStatus")]
    Task<Outcome> GetMatchStatus(Caller caller);

    /// <summary>For the player's team leader, who queues the team.</summary>
    /// <returns>Null if the player is not there.</returns>
    [Alias("GetMatchCard"), AlwaysInterleave]
    Task<MatchCard?> GetMatchCard(string mode);
}

[GenerateSerializer, Immutable, Alias("gb.RegionPing")]
public readonly record struct RegionPing([property: Id(0)] string Region, [property: Id(1)] uint Milliseconds);
