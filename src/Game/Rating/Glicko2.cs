namespace GameBackend.Game;

/// <summary>How strong somebody is, how sure that is, and how steadily they play.</summary>
/// <param name="Deviation">One standard deviation of the rating.</param>
/// <param name="Volatility">How much the strength is expected to change in a rating period.</param>
public readonly record struct Rating(double Value, double Deviation, double Volatility)
{
    /// <summary>Of a player who has not played yet, as the paper proposes.</summary>
    public static Rating Unrated { get; } = new(1500, 350, 0.06);
}

/// <summary>A game against an opponent.</summary>
/// <param name="Score">1 for a win, 0.5 for a draw, 0 for a loss.</param>
public readonly record struct RatedGame(Rating Opponent, double Score);

/// <summary>
/// The Glicko-2 rating system after Mark E. Glickman, "Example of the Glicko-2 system" (glicko.net/glicko/glicko2.pdf);
/// steps and names are the paper's.
/// </summary>
public static class Glicko2
{
    /// <summary>The constraint on how fast volatility changes; the paper's example has 0.5.</summary>
    public const double Tau = 0.5;

    private const double Scale = 173.7178;
    private const double Origin = 1500;
    private const double Convergence = 0.000001;
    private const int StepLimit = 100;

    /// <summary>The rating after a rating period. Without games only the uncertainty grows.</summary>
    public static Rating After(Rating rating, ReadOnlySpan<RatedGame> games)
    {
        // Step 2: to the scale of Glicko-2.
        var mu = (rating.Value - Origin) / Scale;
        var phi = rating.Deviation / Scale;
        if (games.IsEmpty)
            return rating with { Deviation = Scale * Math.Sqrt((phi * phi) + (rating.Volatility * rating.Volatility)) };

        // Steps 3 and 4: the variance of the games, and the improvement that they suggest.
        var (information, surprise) = (0.0, 0.0);
        foreach (var (opponent, score) in games)
        {
            var g = G(opponent.Deviation / Scale);
            var e = 1 / (1 + Math.Exp(-g * (mu - ((opponent.Value - Origin) / Scale))));
            information += g * g * e * (1 - e);
            surprise += g * (score - e);
        }

        var v = 1 / information;
        var delta = v * surprise;
        var sigma = Volatility(rating.Volatility, delta, phi, v);

        // Steps 6 to 8.
        var phiStar = Math.Sqrt((phi * phi) + (sigma * sigma));
        var phiAfter = 1 / Math.Sqrt((1 / (phiStar * phiStar)) + (1 / v));
        var muAfter = mu + (phiAfter * phiAfter * surprise);
        return new Rating((Scale * muAfter) + Origin, Scale * phiAfter, sigma);
    }

    /// <summary>How likely one wins, draws counting half; the uncertainty of both brings it near to half.</summary>
    public static double WinChance(Rating one, Rating other)
    {
        var deviation = Math.Sqrt((one.Deviation * one.Deviation) + (other.Deviation * other.Deviation));
        return 1 / (1 + Math.Exp(-G(deviation / Scale) * (one.Value - other.Value) / Scale));
    }

    private static double G(double phi) => 1 / Math.Sqrt(1 + (3 * phi * phi / (Math.PI * Math.PI)));

    /// <summary>Step 5: the new volatility, by the Illinois variant of regula falsi.</summary>
    private static double Volatility(double sigma, double delta, double phi, double v)
    {
        var a = Math.Log(sigma * sigma);
        var low = a;
        double high;
        if (delta * delta > (phi * phi) + v)
        {
            high = Math.Log((delta * delta) - (phi * phi) - v);
        }
        else
        {
            var k = 1;
            while (F(a - (k * Tau)) < 0) k++;
            high = a - (k * Tau);
        }

        var (fLow, fHigh) = (F(low), F(high));
        for (var step = 0; Math.Abs(high - low) > Convergence && step < StepLimit; step++)
        {
            var middle = low + ((low - high) * fLow / (fHigh - fLow));
            var fMiddle = F(middle);
            if (fMiddle * fHigh <= 0) (low, fLow) = (high, fHigh);
            else fLow /= 2;
            (high, fHigh) = (middle, fMiddle);
        }

        return Math.Exp(low / 2);

        double F(double x)
        {
            var ex = Math.Exp(x);
            var sum = (phi * phi) + v + ex;
            return (ex * ((delta * delta) - sum) / (2 * sum * sum)) - ((x - a) / (Tau * Tau));
        }
    }
}
