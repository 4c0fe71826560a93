using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>How far apart opponents may be after a time of waiting. Between two points it grows evenly.</summary>
/// <param name="AfterSeconds">Of waiting.</param>
/// <param name="RatingSpread">Between the oldest ticket of a match and any other.</param>
/// <param name="LatencyMs">To the region in which the match is held.</param>
public readonly record struct WindowPoint(int AfterSeconds, int RatingSpread, int LatencyMs);

/// <summary>A kind of battle that can be queued for.</summary>
/// <param name="Rated">Whether results change ratings.</param>
/// <param name="RespawnMs">0 if the dead stay dead and the last side standing wins.</param>
/// <param name="ScoreLimit">0 if there is none.</param>
/// <param name="ReadyMs">How long a ready check lasts.</param>
/// <param name="OverdueSeconds">From when on a ticket is matched by its own window alone.</param>
/// <param name="FillAfterSeconds">From when on bots fill what is missing; 0 for never.</param>
/// <param name="Window">By waiting time, ascending.</param>
public sealed record ModeDefinition(
    string Id,
    int Sides,
    int Size,
    bool Rated,
    uint MinLevel,
    uint MaxLevel,
    string Map,
    int TicksPerSecond,
    int TimeLimitMs,
    int RespawnMs,
    int ScoreLimit,
    int ReadyMs,
    int OverdueSeconds,
    int FillAfterSeconds,
    ImmutableArray<WindowPoint> Window,
    ModeRewards Rewards)
{
    public int Players => Sides * Size;
}
