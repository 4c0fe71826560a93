namespace GameBackend.Game;

/// <summary>How the window of a waiting ticket widens.</summary>
internal static class MatchWindow
{
    /// <summary>The window after a time of waiting; between two points of the curve it grows evenly.</summary>
    public static (int RatingSpread, int LatencyMs) At(ModeDefinition mode, long waitedMs)
    {
        var window = mode.Window;
        for (var i = 1; i < window.Length; i++)
        {
            var (from, to) = (window[i - 1], window[i]);
            if (waitedMs >= to.AfterSeconds * 1000L) continue;
            var part = Math.Max(0, waitedMs - (from.AfterSeconds * 1000L));
            var whole = (to.AfterSeconds - from.AfterSeconds) * 1000L;
            return (
                Between(from.RatingSpread, to.RatingSpread, part, whole),
                Between(from.LatencyMs, to.LatencyMs, part, whole));
        }

        return (window[^1].RatingSpread, window[^1].LatencyMs);
    }

    private static int Between(int from, int to, long part, long whole) => (int)(from + ((to - from) * part / whole));
}
