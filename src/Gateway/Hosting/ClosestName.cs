namespace GameBackend.Gateway.Hosting;

/// <summary>Finds what somebody meant who has mistyped a name.</summary>
internal static class ClosestName
{
    /// <summary>The known name that is nearest, if it is near enough to have been meant; else null.</summary>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        var (best, nearest) = ((string?)null, Math.Max(2, typed.Length / 4) + 1);
        foreach (var name in known)
        {
            var distance = Distance(typed.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance < nearest)
                (best, nearest) = (name, distance);
        }

        return best;
    }

    /// <summary>
    /// Letters to insert, drop, change or swap with the next one until both are equal (optimal string alignment).
    /// </summary>
    internal static int Distance(string one, string other)
    {
        var cost = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
            cost[i, 0] = i;
        for (var j = 0; j <= other.Length; j++)
            cost[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                var change = cost[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(change, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[one.Length, other.Length];
    }
}
