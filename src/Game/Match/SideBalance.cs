namespace GameBackend.Game;

/// <summary>
/// Makes even sides of the tickets of a match: first the large teams, each to where the rating is lowest so far, then
/// swaps between two sides for as long as one helps.
/// </summary>
internal sealed class SideBalance
{
    /// <summary>What one player too many in a role weighs, in rating points of a side's mean.</summary>
    private const double RoleWeight = 40;

    private const int SwapLimit = 100;

    private readonly ModeDefinition _mode;
    private readonly MatchTicket[] _tickets;
    private readonly List<string> _roles = [];
    private readonly int[][] _roleCounts;
    private readonly List<int>[] _sides;

    private SideBalance(ModeDefinition mode, MatchTicket[] tickets)
    {
        _mode = mode;
        _tickets = tickets;
        _sides = new List<int>[mode.Sides];
        for (var i = 0; i < _sides.Length; i++) _sides[i] = new List<int>(mode.Size);
        foreach (var ticket in tickets)
            foreach (var member in ticket.Members)
                if (!_roles.Contains(member.Role)) _roles.Add(member.Role);
        _roleCounts = new int[tickets.Length][];
        for (var i = 0; i < tickets.Length; i++)
        {
            _roleCounts[i] = new int[_roles.Count];
            foreach (var member in tickets[i].Members) _roleCounts[i][_roles.IndexOf(member.Role)]++;
        }
    }

    /// <summary>The tickets of each side. A side may stay empty if there are not enough.</summary>
    public static MatchTicket[][] Of(ModeDefinition mode, MatchTicket[] tickets)
    {
        // Sides of one need no dealing.
        if (mode.Size == 1)
        {
            var single = new MatchTicket[mode.Sides][];
            for (var i = 0; i < single.Length; i++) single[i] = i < tickets.Length ? [tickets[i]] : [];
            return single;
        }

        var balance = new SideBalance(mode, tickets);
        // Filling the emptiest side first is fair; the round has made sure that filling one after another fits.
        if (!balance.Deal(fair: true) && !balance.Deal(fair: false))
            throw new InvalidOperationException("The tickets of a match fit into no sides.");
        balance.Improve();
        return Array.ConvertAll(balance._sides, side => side.ConvertAll(ticket => tickets[ticket]).ToArray());
    }

    private bool Deal(bool fair)
    {
        foreach (var side in _sides) side.Clear();
        var order = new int[_tickets.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, LargeFirst);
        foreach (var ticket in order)
        {
            var chosen = -1;
            for (var index = 0; index < _sides.Length; index++)
            {
                var side = _sides[index];
                if (Count(side) + _tickets[ticket].Members.Length > _mode.Size) continue;
                if (chosen < 0 || (fair && IsWeaker(side, _sides[chosen]))) chosen = index;
            }

            if (chosen < 0) return false;
            _sides[chosen].Add(ticket);
        }

        return true;
    }

    private int LargeFirst(int x, int y)
    {
        var bySize = _tickets[y].Members.Length.CompareTo(_tickets[x].Members.Length);
        if (bySize != 0) return bySize;
        var byRating = _tickets[y].Rating.CompareTo(_tickets[x].Rating);
        return byRating != 0 ? byRating : _tickets[x].Id.CompareTo(_tickets[y].Id);
    }

    /// <summary>Whether a side has fewer players than another, or as many who are weaker.</summary>
    private bool IsWeaker(List<int> side, List<int> other)
    {
        var (count, others) = (Count(side), Count(other));
        return count < others || (count == others && Sum(side) < Sum(other));
    }

    private void Improve()
    {
        var cost = Cost();
        for (var swaps = 0; swaps < SwapLimit; swaps++)
        {
            var (best, a, i, b, j) = (cost, 0, 0, 0, 0);
            for (var one = 0; one < _sides.Length; one++)
                for (var other = one + 1; other < _sides.Length; other++)
                    for (var x = 0; x < _sides[one].Count; x++)
                        for (var y = 0; y < _sides[other].Count; y++)
                        {
                            var swapped = CostAfter(one, x, other, y);
                            if (swapped < best - 0.001) (best, a, i, b, j) = (swapped, one, x, other, y);
                        }

            if (a == b) return;
            Swap(a, i, b, j);
            cost = best;
        }
    }

    private double CostAfter(int one, int x, int other, int y)
    {
        if (_tickets[_sides[one][x]].Members.Length != _tickets[_sides[other][y]].Members.Length)
            return double.MaxValue;
        Swap(one, x, other, y);
        var cost = Cost();
        Swap(one, x, other, y);
        return cost;
    }

    private void Swap(int a, int i, int b, int j) => (_sides[a][i], _sides[b][j]) = (_sides[b][j], _sides[a][i]);

    /// <summary>How uneven the sides are; 0 is even.</summary>
    private double Cost()
    {
        var (low, high) = (double.MaxValue, double.MinValue);
        foreach (var side in _sides)
        {
            if (side.Count == 0) continue;
            var mean = Sum(side) / Count(side);
            (low, high) = (Math.Min(low, mean), Math.Max(high, mean));
        }

        return high - low + (RoleWeight * RoleExcess());
    }

    /// <summary>For each role, by how many the side with most of it exceeds the one with fewest.</summary>
    private int RoleExcess()
    {
        var excess = 0;
        for (var role = 0; role < _roles.Count; role++)
        {
            var (low, high) = (int.MaxValue, 0);
            foreach (var side in _sides)
            {
                var count = 0;
                foreach (var ticket in side) count += _roleCounts[ticket][role];
                (low, high) = (Math.Min(low, count), Math.Max(high, count));
            }

            excess += high - low;
        }

        return excess;
    }

    private int Count(List<int> side)
    {
        var count = 0;
        foreach (var ticket in side) count += _tickets[ticket].Members.Length;
        return count;
    }

    private double Sum(List<int> side)
    {
        var sum = 0.0;
        foreach (var ticket in side) sum += _tickets[ticket].Rating * _tickets[ticket].Members.Length;
        return sum;
    }
}
