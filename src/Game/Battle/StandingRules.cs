namespace GameBackend.Game;

/// <summary>What a player's battles add up to: ratings, statistics, history.</summary>
public static class StandingRules
{
    /// <summary>
    /// How many battles are kept with the player, and known to have counted. A player is in one battle at a time, so
    /// few are enough; older ones lie in a log of their own.
    /// </summary>
    public const int HistoryLimit = 8;

    public const uint PageLimit = 50;
    private const uint DefaultPage = 20;

    /// <summary>The rating to queue with, by the time since the last battle.</summary>
    public static Rating RatingOf(BattleStanding standing, string mode, long nowMs) =>
        Find(standing, mode) is { RatingKnown: true } known
            ? RatingRules.Aged(known.Rating, nowMs - known.Mode.LastBattleAtMs)
            : Rating.Unrated;

    /// <summary>Counts a battle, once.</summary>
    /// <returns>False if it had been counted: nothing has changed.</returns>
    public static bool Settle(BattleStanding standing, BattleSettlement settlement)
    {
        if (IsSettled(standing, settlement.BattleId)) return false;
        if (settlement.Outcome != BattleOutcome.None) Count(standing, settlement);
        standing.History.Insert(0, new SettledBattle { Seq = ++standing.Settled, Settlement = settlement.Clone() });
        while (standing.History.Count > HistoryLimit) standing.History.RemoveAt(standing.History.Count - 1);
        return true;
    }

    private static void Count(BattleStanding standing, BattleSettlement settlement)
    {
        var mode = standing.Modes.FirstOrDefault(each => each.Mode == settlement.Mode);
        if (mode is null) standing.Modes.Add(mode = new ModeStanding { Mode = settlement.Mode });
        if (settlement.RatingAfter is { } rating)
            (mode.Rating, mode.Deviation, mode.Volatility) = (rating.Value, rating.Deviation, rating.Volatility);
        mode.LastBattleAtMs = settlement.EndedAtMs;
        mode.Battles++;
        if (settlement.Outcome == BattleOutcome.Win) mode.Wins++;
        if (settlement.Outcome == BattleOutcome.Draw) mode.Draws++;
        if (settlement.Result.Fighters.FirstOrDefault(f => f.PlayerId == settlement.PlayerId) is { } own)
        {
            mode.Kills += own.Kills;
            mode.Deaths += own.Deaths;
            mode.Damage += own.Damage;
            mode.Mended += own.Mended;
        }
    }

    public static bool IsSettled(BattleStanding standing, ulong battle) =>
        standing.History.Any(settled => settled.Settlement.BattleId == battle);

    /// <summary>A page of the history, newest first.</summary>
    /// <returns>PAGE_INVALID for more than a page holds, or the page.</returns>
    public static GameError ReadHistory(
        BattleStanding standing, ReadBattleHistoryRequest request, out ReadBattleHistoryReply reply)
    {
        reply = new ReadBattleHistoryReply();
        if (request.Count > PageLimit) return GameError.PageInvalid;
        var count = PageOf(request);
        foreach (var settled in standing.History)
        {
            if (request.BeforeSeq != 0 && settled.Seq >= request.BeforeSeq) continue;
            if (reply.Entries.Count == count)
            {
                reply.NextBeforeSeq = reply.Entries[^1].Seq;
                break;
            }

            reply.Entries.Add(View(settled));
        }

        return GameError.Ok;
    }

    /// <summary>How many entries a request asks for.</summary>
    public static uint PageOf(ReadBattleHistoryRequest request) => request.Count == 0 ? DefaultPage : request.Count;

    public static GetRatingsReply Ratings(BattleStanding standing, long nowMs)
    {
        var reply = new GetRatingsReply();
        foreach (var mode in standing.Modes)
        {
            var rating = RatingOf(standing, mode.Mode, nowMs);
            reply.Ratings.Add(new ModeRating
            {
                Mode = mode.Mode,
                Rating = (int)Math.Round(rating.Value),
                Deviation = (uint)Math.Round(rating.Deviation),
                Battles = mode.Battles,
                Wins = mode.Wins,
            });
        }

        return reply;
    }

    /// <summary>A battle as its player sees it.</summary>
    public static BattleHistoryEntry View(SettledBattle settled)
    {
        var s = settled.Settlement;
        return new BattleHistoryEntry
        {
            Seq = settled.Seq,
            EndedAtMs = s.EndedAtMs,
            Result = s.Result.Clone(),
            RatingChange = s.RatingAfter is null
                ? 0
                : (int)(Math.Round(s.RatingAfter.Value) - Math.Round(s.RatingBefore.Value)),
            Experience = s.Experience,
            Gold = s.Money.Where(money => money.Currency == "gold").Sum(money => money.Amount),
        };
    }

    private static (ModeStanding Mode, Rating Rating, bool RatingKnown)? Find(BattleStanding standing, string mode) =>
        standing.Modes.FirstOrDefault(each => each.Mode == mode) is { } found
            ? (found, new Rating(found.Rating, found.Deviation, found.Volatility), found.Deviation > 0)
            : null;
}
