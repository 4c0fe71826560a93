namespace GameBackend.Game;

/// <summary>Seasons, scores and what ranks are worth.</summary>
public static class LeaderboardRules
{
    public const uint PageLimit = 100;
    public const uint AroundLimit = 50;
    private const uint DefaultPage = 20;
    private const uint DefaultAround = 5;
    private const long DayMs = 24L * 3600 * 1000;

    /// <summary>The reason of a season's reward in the ledger.</summary>
    public const string RewardReason = "season.reward";

    /// <summary>Scores stay so small that they, and one more increment, are exact as a 64-bit float.</summary>
    public const long ScoreLimit = 1L << 50;

    /// <summary>The season at a time; seasons are counted from 1970-01-01 UTC, and the first is 1.</summary>
    public static uint SeasonAt(BoardDefinition board, long nowMs) =>
        board.SeasonDays == 0 ? 1 : (uint)(nowMs / (board.SeasonDays * DayMs)) + 1;

    /// <summary>When a season is over; never for a board without seasons.</summary>
    public static long EndsAtMs(BoardDefinition board, uint season) =>
        board.SeasonDays == 0 ? long.MaxValue : season * board.SeasonDays * DayMs;

    /// <summary>Whether submissions of the season before may still be repeated.</summary>
    public static bool IsYoung(BoardDefinition board, uint season, long nowMs) =>
        season > 1 && nowMs - EndsAtMs(board, season - 1) < DayMs;

    /// <summary>The score after a new one came in.</summary>
    public static long Apply(BoardOperator op, long? before, long score)
    {
        score = Math.Clamp(score, -ScoreLimit, ScoreLimit);
        return before is not { } old ? score : op switch
        {
            BoardOperator.Best => Math.Max(old, score),
            BoardOperator.Increment => Math.Clamp(old + score, -ScoreLimit, ScoreLimit),
            _ => score,
        };
    }

    /// <summary>What a battle is worth on a board; null if it does not count there.</summary>
    public static long? ScoreOf(BoardDefinition board, BattleSettlement settlement)
    {
        if (settlement.Mode != board.Mode || settlement.Outcome == BattleOutcome.None) return null;
        var own = settlement.Result?.Fighters.FirstOrDefault(fighter => fighter.PlayerId == settlement.PlayerId);
        return board.Score switch
        {
            BoardScore.Rating => settlement.RatingAfter is { } rating ? (long)Math.Round(rating.Value) : null,
            BoardScore.Wins => settlement.Outcome == BattleOutcome.Win ? 1 : null,
            BoardScore.Kills => own?.Kills,
            _ => (long?)own?.Damage,
        };
    }

    /// <summary>What a rank is worth at the end of a season; null if nothing.</summary>
    public static Gains? RewardOf(BoardDefinition board, int rank)
    {
        foreach (var reward in board.Rewards)
        {
            if (rank >= 1 && rank <= reward.ThroughRank) return reward.Gains;
        }

        return null;
    }

    /// <summary>A reward as a letter brings it.</summary>
    public static Value ValueOf(Gains gains)
    {
        var value = new Value();
        value.Currencies.AddRange(gains.Currencies.Select(
            money => new Balance { Currency = money.Currency, Amount = money.Amount }));
        value.Items.AddRange(gains.Items.Select(
            item => new ItemStack { Item = item.Item, Count = item.Count, Bound = item.Bound }));
        return value;
    }

    /// <returns>PAGE_INVALID, or the ranks to read, from 1.</returns>
    public static GameError PageOf(uint fromRank, uint count, out int from, out int length)
    {
        from = (int)Math.Clamp(fromRank, 1, int.MaxValue / 2);
        length = (int)(count == 0 ? DefaultPage : count);
        return count > PageLimit ? GameError.PageInvalid : GameError.Ok;
    }

    /// <returns>PAGE_INVALID, or the ranks to read around one.</returns>
    public static GameError AroundOf(int rank, uint count, out int from, out int length)
    {
        var each = (int)(count == 0 ? DefaultAround : count);
        from = Math.Max(1, rank - each);
        length = rank + each - from + 1;
        return count > AroundLimit ? GameError.PageInvalid : GameError.Ok;
    }
}
