namespace GameBackend.Game;

/// <summary>A player in a rated battle.</summary>
/// <param name="Side">0, 1, 2, …</param>
public readonly record struct RatedPlayer(ulong PlayerId, int Side, Rating Rating);

/// <summary>What battles between sides do to the ratings of players, each mode for itself.</summary>
public static class RatingRules
{
    /// <summary>Nobody is less sure than who has never played, or so sure that a battle moves nothing.</summary>
    public const double DeviationLimit = 350;

    public const double DeviationFloor = 45;
    private const double ValueFloor = 100;
    private const double ValueLimit = 5000;

    /// <summary>How long a rating period is for somebody who does not play.</summary>
    private const long PeriodMs = 7L * 24 * 3600 * 1000;

    /// <summary>
    /// The ratings after a battle, in the order of the players. Each player has played one game against each other
    /// side. That side stands for one opponent: its mean rating, and the deviation that such a mean would have for one
    /// member. A team mate's strength counts as well: the opponent is moved by as much as the own side's mean differs
    /// from the player, so that what is expected is what is expected of the sides.
    /// </summary>
    /// <param name="ranks">Of each side, 1 being best; equal ranks are draws.</param>
    public static Rating[] After(IReadOnlyList<RatedPlayer> players, IReadOnlyList<int> ranks)
    {
        var sides = Enumerable.Range(0, ranks.Count).Select(side => Mean(players, side)).ToArray();
        var after = new Rating[players.Count];
        for (var i = 0; i < after.Length; i++)
        {
            var (_, own, rating) = players[i];
            var games = new List<RatedGame>(ranks.Count - 1);
            for (var side = 0; side < ranks.Count; side++)
            {
                if (side == own || sides[side] is not { } other) continue;
                var opponent = other with { Value = other.Value + rating.Value - sides[own]!.Value.Value };
                games.Add(new RatedGame(opponent, ScoreOf(ranks[own], ranks[side])));
            }

            after[i] = games.Count == 0 ? rating : Bounded(Glicko2.After(rating, games.ToArray()));
        }

        return after;
    }

    /// <summary>A rating after some time without battles: less sure, by one step for each week.</summary>
    public static Rating Aged(Rating rating, long idleMs)
    {
        var periods = Math.Clamp(idleMs / PeriodMs, 0, 1000);
        for (var i = 0L; i < periods; i++) rating = Glicko2.After(rating, []);
        return rating with { Deviation = Math.Min(rating.Deviation, DeviationLimit) };
    }

    private static double ScoreOf(int own, int other) => own < other ? 1 : own == other ? 0.5 : 0;

    private static Rating? Mean(IReadOnlyList<RatedPlayer> players, int side)
    {
        var (count, value, squares) = (0, 0.0, 0.0);
        foreach (var player in players)
        {
            if (player.Side != side) continue;
            count++;
            value += player.Rating.Value;
            squares += player.Rating.Deviation * player.Rating.Deviation;
        }

        return count == 0 ? null : new Rating(value / count, Math.Sqrt(squares / count), Rating.Unrated.Volatility);
    }

    private static Rating Bounded(Rating rating) => new(
        Math.Clamp(rating.Value, ValueFloor, ValueLimit),
        Math.Clamp(rating.Deviation, DeviationFloor, DeviationLimit),
        rating.Volatility);
}
