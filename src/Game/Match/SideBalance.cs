namespace GameBackend.Game;

/// <summary>
/// Makes even sides of the tickets of a match: first the large teams, each to where the rating is lowest so far, then
/// swaps between two sides for as long as one helps.
/// </summary>
internal static class SideBalance
{
    /// <summary>What one player too many in a role weighs, in rating points of a side's mean.</summary>
    private const double RoleWeight = 40;

    private const int SwapLimit = 200;

    public static List<MatchTicket>[] Of(ModeDefinition mode, IReadOnlyList<MatchTicket> tickets)
    {
        // Sides of one need no dealing.
        if (mode.Size == 1)
            return [.. Enumerable.Range(0, mode.Sides).Select(i => i < tickets.Count ? [tickets[i]] : new List<MatchTicket>())];
        // Filling the emptiest side first is fair; the round has made sure that filling one after another fits.
        var sides = Deal(mode, tickets, fair: true) ?? Deal(mode, tickets, fair: false)
            ?? throw new InvalidOperationException("The tickets of a match fit into no sides.");
        Improve(sides);
        return sides;
    }

    /// <summary>How uneven sides are; 0 is even.</summary>
    public static double Cost(IReadOnlyList<List<MatchTicket>> sides)
    {
        var (low, high) = (double.MaxValue, double.MinValue);
        foreach (var side in sides)
        {
            if (side.Count == 0) continue;
            var mean = Sum(side) / Count(side);
            (low, high) = (Math.Min(low, mean), Math.Max(high, mean));
        }

        return high - low + (RoleWeight * RoleExcess(sides));
    }

    private static List<MatchTicket>[]? Deal(ModeDefinition mode, IReadOnlyList<MatchTicket> tickets, bool fair)
    {
        var sides = new List<MatchTicket>[mode.Sides];
        for (var i = 0; i < sides.Length; i++) sides[i] = [];
        var ordered = tickets.OrderByDescending(t => t.Members.Length).ThenByDescending(t => t.Rating).ThenBy(t => t.Id);
        foreach (var ticket in ordered)
        {
            var open = sides.Where(side => Count(side) + ticket.Members.Length <= mode.Size);
            var side = fair ? open.MinBy(s => (Count(s) * 100_000.0) + Sum(s)) : open.FirstOrDefault();
            if (side is null) return null;
            side.Add(ticket);
        }

        return sides;
    }

    private static void Improve(List<MatchTicket>[] sides)
    {
        var cost = Cost(sides);
        for (var swaps = 0; swaps < SwapLimit; swaps++)
        {
            var (best, a, i, b, j) = (cost, 0, 0, 0, 0);
            for (var one = 0; one < sides.Length; one++)
                for (var other = one + 1; other < sides.Length; other++)
                    for (var x = 0; x < sides[one].Count; x++)
                        for (var y = 0; y < sides[other].Count; y++)
                        {
                            if (sides[one][x].Members.Length != sides[other][y].Members.Length) continue;
                            Swap(sides, one, x, other, y);
                            var swapped = Cost(sides);
                            Swap(sides, one, x, other, y);
                            if (swapped < best - 0.001) (best, a, i, b, j) = (swapped, one, x, other, y);
                        }

            if (a == b) return;
            Swap(sides, a, i, b, j);
            cost = best;
        }
    }

    private static void Swap(List<MatchTicket>[] sides, int a, int i, int b, int j) =>
        (sides[a][i], sides[b][j]) = (sides[b][j], sides[a][i]);

    public static int Count(List<MatchTicket> side)
    {
        var count = 0;
        foreach (var ticket in side) count += ticket.Members.Length;
        return count;
    }

    private static double Sum(List<MatchTicket> side)
    {
        var sum = 0.0;
        foreach (var ticket in side) sum += ticket.Rating * ticket.Members.Length;
        return sum;
    }

    /// <summary>For each role, by how many the side with most of it exceeds the one with fewest.</summary>
    private static int RoleExcess(IReadOnlyList<List<MatchTicket>> sides)
    {
        var excess = 0;
        foreach (var role in sides.SelectMany(side => side).SelectMany(t => t.Members).Select(m => m.Role).Distinct())
        {
            var (low, high) = (int.MaxValue, 0);
            foreach (var side in sides)
            {
                var count = 0;
                foreach (var ticket in side)
                    foreach (var member in ticket.Members)
                        if (member.Role == role) count++;
                (low, high) = (Math.Min(low, count), Math.Max(high, count));
            }

            excess += high - low;
        }

        return excess;
    }
}
