using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>
/// One round over a queue. Tickets are sorted by rating once, and the oldest one looks first to both sides of itself,
/// nearest first, for as many as it needs. Who is taken is unlinked, so that nobody passes it again: with a bounded
/// look-around the cost is that of sorting.
/// </summary>
/// <remarks>
/// Two tickets suit if each is in the other's window. The window of one that has waited too long counts alone: it comes
/// first in the round and takes whoever is near enough for itself. If its neighbours will not do, it looks at the whole
/// queue, at each region by itself and at each way to make sides of teams: so the oldest never starves.
/// </remarks>
internal sealed class MatchRound
{
    /// <summary>How many neighbours a ticket looks at in one round.</summary>
    private const int LookAround = 64;

    /// <summary>
    /// How many times the queue's length all that are overdue look at in one round beyond that, the oldest first.
    /// </summary>
    private const int FarLooks = 20;

    private readonly ModeDefinition _mode;
    private readonly int _regionCount;
    private readonly List<QueuedTicket> _tickets;
    private readonly Waiting[] _sorted;
    private readonly int[] _previous;
    private readonly int[] _next;
    private readonly List<int> _chosen = [];
    private readonly int[] _room;
    private readonly int[,] _teams;
    private List<int[]>? _makeUps;
    private int _regions;
    private long _farLooks;

    public MatchRound(ModeDefinition mode, int regionCount, List<QueuedTicket> tickets, long nowMs)
    {
        _mode = mode;
        _regionCount = regionCount;
        _tickets = tickets;
        _room = new int[mode.Sides];
        _teams = new int[regionCount, mode.Size + 1];
        _farLooks = FarLooks * (tickets.Count + 1_000L);
        _sorted = new Waiting[tickets.Count];
        _previous = new int[tickets.Count];
        _next = new int[tickets.Count];
        var keys = new long[tickets.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((long)tickets[i].Rating << 32) | (uint)i;
        Array.Sort(keys);
        for (var i = 0; i < keys.Length; i++)
        {
            var index = (int)(keys[i] & uint.MaxValue);
            _sorted[i] = Look(tickets[index], index, nowMs);
            Count(_sorted[i], 1);
            _previous[i] = i - 1;
            _next[i] = i + 1 < keys.Length ? i + 1 : -1;
        }
    }

    /// <summary>The matches of this round, as indices into the tickets, the oldest ticket of each first.</summary>
    public List<(int[] Tickets, int Regions)> Run()
    {
        var matches = new List<(int[], int)>();
        var byAge = new long[_sorted.Length];
        var positions = new int[_sorted.Length];
        for (var i = 0; i < byAge.Length; i++) (byAge[i], positions[i]) = (_tickets[_sorted[i].Ticket].Since, i);
        Array.Sort(byAge, positions);
        foreach (var position in positions)
        {
            if (_sorted[position].Taken) continue;
            if (!Gather(position) && !GatherFar(position)) continue;
            var tickets = new int[_chosen.Count];
            for (var i = 0; i < tickets.Length; i++)
            {
                tickets[i] = _sorted[_chosen[i]].Ticket;
                Unlink(_chosen[i]);
            }

            matches.Add((tickets, _regions));
        }

        return matches;
    }

    private Waiting Look(QueuedTicket ticket, int index, long nowMs)
    {
        var waited = Math.Max(0, nowMs - ticket.Since);
        var (spread, latency) = MatchWindow.At(_mode, waited);
        return new Waiting
        {
            Ticket = index,
            Rating = ticket.Rating,
            Size = ticket.Size,
            Spread = spread,
            Regions = ticket.RegionsWithin(latency, _regionCount),
            Overdue = waited >= _mode.OverdueSeconds * 1000L,
            TakesBots = _mode.FillAfterSeconds > 0 && waited >= _mode.FillAfterSeconds * 1000L,
        };
    }

    /// <summary>Whether enough suit the one at a position; they are then chosen.</summary>
    private bool Gather(int position)
    {
        ref readonly var oldest = ref _sorted[position];
        _chosen.Clear();
        _chosen.Add(position);
        _regions = oldest.Regions;
        var players = oldest.Size;
        var (left, right) = (_previous[position], _next[position]);
        for (var looked = 0; players < _mode.Players && looked < LookAround; looked++)
        {
            var candidate = TakeNearest(oldest, ref left, ref right);
            if (candidate < 0) break;
            ref readonly var other = ref _sorted[candidate];
            if (Math.Abs(other.Rating - oldest.Rating) > other.Spread && !oldest.Overdue) continue;
            if ((other.Regions & _regions) == 0 || !Fits(other.Size, players)) continue;
            _chosen.Add(candidate);
            _regions &= other.Regions;
            players += other.Size;
        }

        _tickets[oldest.Ticket].Found = players;
        return players == _mode.Players || (oldest.TakesBots && players > 1);
    }

    /// <summary>The next one to either side of a ticket, by rating; -1 if there is none in its window.</summary>
    private int TakeNearest(in Waiting oldest, ref int left, ref int right)
    {
        var toLeft = left < 0 ? int.MaxValue : oldest.Rating - _sorted[left].Rating;
        var toRight = right < 0 ? int.MaxValue : _sorted[right].Rating - oldest.Rating;
        if (Math.Min(toLeft, toRight) > oldest.Spread) return -1;
        var nearest = toLeft <= toRight ? left : right;
        if (toLeft <= toRight) left = _previous[left];
        else right = _next[right];
        return nearest;
    }

    /// <summary>How many teams of each size wait for each region.</summary>
    private void Count(in Waiting ticket, int more)
    {
        for (var region = 0; region < _regionCount && ticket.Size <= _mode.Size; region++)
        {
            if ((ticket.Regions & (1 << region)) != 0) _teams[region, ticket.Size] += more;
        }
    }

    /// <summary>The same for one that is overdue, whatever stands between it and those that suit.</summary>
    private bool GatherFar(int position)
    {
        ref readonly var oldest = ref _sorted[position];
        if (!oldest.Overdue || _farLooks <= 0) return false;
        _makeUps ??= SideMakeUps.Of(_mode.Sides, _mode.Size);
        for (var region = 0; region < _regionCount; region++)
        {
            if ((oldest.Regions & (1 << region)) == 0) continue;
            foreach (var makeUp in _makeUps)
            {
                if (makeUp[oldest.Size] > 0 && HasEnough(region, makeUp) && Make(position, region, makeUp)) return true;
            }
        }

        return false;
    }

    private bool HasEnough(int region, int[] makeUp)
    {
        for (var size = 1; size < makeUp.Length; size++)
        {
            if (_teams[region, size] < makeUp[size]) return false;
        }

        return true;
    }

    /// <summary>Takes the nearest teams of the sizes that make up the sides, wherever they are in the queue.</summary>
    private bool Make(int position, int region, int[] makeUp)
    {
        ref readonly var oldest = ref _sorted[position];
        int[] needed = [.. makeUp];
        needed[oldest.Size]--;
        var missing = needed.Sum();
        _chosen.Clear();
        _chosen.Add(position);
        _regions = 1 << region;
        var (left, right) = (_previous[position], _next[position]);
        while (missing > 0 && _farLooks-- > 0 && TakeNearest(oldest, ref left, ref right) is >= 0 and var candidate)
        {
            ref readonly var other = ref _sorted[candidate];
            if ((other.Regions & _regions) == 0 || other.Size >= needed.Length || needed[other.Size] == 0) continue;
            needed[other.Size]--;
            missing--;
            _chosen.Add(candidate);
        }

        return missing == 0;
    }

    /// <summary>Whether sides can be made of the chosen ones and one more, all teams whole.</summary>
    private bool Fits(int size, int players)
    {
        if (players + size > _mode.Players) return false;
        // One alone finds room wherever there is any.
        if (size == 1) return true;
        Array.Fill(_room, _mode.Size);
        for (var wanted = _mode.Size; wanted > 1; wanted--)
        {
            var count = wanted == size ? 1 : 0;
            foreach (var chosen in _chosen)
            {
                if (_sorted[chosen].Size == wanted) count++;
            }

            while (count-- > 0)
            {
                var side = 0;
                while (side < _room.Length && _room[side] < wanted) side++;
                if (side == _room.Length) return false;
                _room[side] -= wanted;
            }
        }

        return true;
    }

    private void Unlink(int position)
    {
        _sorted[position].Taken = true;
        Count(_sorted[position], -1);
        var (before, after) = (_previous[position], _next[position]);
        if (before >= 0) _next[before] = after;
        if (after >= 0) _previous[after] = before;
    }

    private struct Waiting
    {
        public int Ticket;
        public int Rating;
        public int Size;
        public int Spread;
        public int Regions;
        public bool Overdue;
        public bool TakesBots;
        public bool Taken;
    }
}

/// <summary>A ticket with what a round needs of it.</summary>
internal sealed class QueuedTicket
{
    private readonly int[] _latencyMs;
    private readonly int _best = int.MaxValue;

    public QueuedTicket(MatchTicket ticket, ImmutableArray<string> regions)
    {
        Ticket = ticket;
        Rating = (int)Math.Clamp(ticket.Rating, 0, 100_000);
        _latencyMs = new int[regions.Length];
        for (var i = 0; i < _latencyMs.Length; i++)
        {
            var latency = ticket.LatencyMs.IsEmpty ? 0 : ticket.LatencyMs.GetValueOrDefault(regions[i], int.MaxValue);
            _latencyMs[i] = latency;
            _best = Math.Min(_best, latency);
        }
    }

    public MatchTicket Ticket { get; }

    public int Rating { get; }

    public int Size => Ticket.Members.Length;

    public long Since => Ticket.EnqueuedAtMs;

    public bool IsMatched { get; set; }

    /// <summary>With how many players, itself included, the last round would have matched it.</summary>
    public int Found { get; set; } = 1;

    public int LatencyTo(int region) => _latencyMs[region];

    /// <summary>The regions within a latency, as bits. The best one always is.</summary>
    public int RegionsWithin(int latencyMs, int regionCount)
    {
        var within = Math.Max(latencyMs, _best);
        var regions = 0;
        for (var i = 0; i < regionCount; i++)
        {
            if (_latencyMs[i] <= within && _latencyMs[i] != int.MaxValue) regions |= 1 << i;
        }

        return regions;
    }
}
