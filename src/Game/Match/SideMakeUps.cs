namespace GameBackend.Game;

/// <summary>Of how many teams of each size the sides of a mode can be made, all teams whole and no place empty.</summary>
internal static class SideMakeUps
{
    /// <summary>For each way, how many teams of each size there are; by size, from 0.</summary>
    public static List<int[]> Of(int sides, int size)
    {
        var sideWays = new List<int[]>();
        Part(new int[size + 1], size, size, sideWays);
        var ways = new List<int[]>();
        Combine(new int[size + 1], sides, 0, sideWays, ways);
        return ways;
    }

    /// <summary>All ways to fill one side's places with teams that are at most so large.</summary>
    private static void Part(int[] teams, int places, int largest, List<int[]> ways)
    {
        if (places == 0)
        {
            ways.Add([.. teams]);
            return;
        }

        for (var team = Math.Min(places, largest); team > 0; team--)
        {
            teams[team]++;
            Part(teams, places - team, team, ways);
            teams[team]--;
        }
    }

    private static void Combine(int[] teams, int sides, int from, List<int[]> sideWays, List<int[]> ways)
    {
        if (sides == 0)
        {
            if (!ways.Exists(way => way.AsSpan().SequenceEqual(teams))) ways.Add([.. teams]);
            return;
        }

        for (var way = from; way < sideWays.Count; way++)
        {
            for (var team = 1; team < teams.Length; team++) teams[team] += sideWays[way][team];
            Combine(teams, sides - 1, way, sideWays, ways);
            for (var team = 1; team < teams.Length; team++) teams[team] -= sideWays[way][team];
        }
    }
}
