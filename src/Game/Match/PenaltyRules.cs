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

    /// <summary>Counts a failed ready check for whoever was absent there, once.</summary>
    /// <returns>False if it had been counted: nothing has changed.</returns>
    public static bool Count(MembershipRecord record, long match, long nowMs)
    {
        var before = record.Penalty ?? new MembershipPenalty();
        if (before.Match == match) return false;
        var after = After(new MatchPenalty((int)before.Count, before.LastAtMs, before.UntilMs), nowMs);
        record.Penalty = new MembershipPenalty
        {
            Count = (uint)after.Count,
            LastAtMs = after.LastAtMs,
            UntilMs = after.UntilMs,
            Match = match,
        };
        return true;
    }

    /// <summary>How long a player cannot queue yet, for an answer; 0 if it can.</summary>
    public static uint LeftMs(long untilMs, long nowMs) => (uint)Math.Clamp(untilMs - nowMs, 0, LongestMs);
}
