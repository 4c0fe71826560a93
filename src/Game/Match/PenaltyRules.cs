namespace GameBackend.Game;

/// <summary>How often somebody has let others down at a ready check, and until when they wait for it.</summary>
public readonly record struct MatchPenalty(int Count, long LastAtMs, long UntilMs);

/// <summary>A mild penalty: a short while without matches, longer each time, forgotten after an hour.</summary>
public static class PenaltyRules
{
    private const long FirstMs = 15_000;
    private const long LongestMs = 300_000;
    private const long ForgottenAfterMs = 3_600_000;

    public static MatchPenalty After(MatchPenalty before, long nowMs)
    {
        var count = nowMs - before.LastAtMs >= ForgottenAfterMs ? 0 : before.Count;
        var length = Math.Min(LongestMs, FirstMs << Math.Min(count, 10));
        return new MatchPenalty(count + 1, nowMs, nowMs + length);
    }

    public static bool IsForgotten(MatchPenalty penalty, long nowMs) =>
        nowMs >= penalty.UntilMs && nowMs - penalty.LastAtMs >= ForgottenAfterMs;
}
