using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>What a waiting ticket can be told.</summary>
/// <param name="Place">1 for the one that waits longest.</param>
/// <param name="EstimateSeconds">-1 if there is nothing to estimate from.</param>
/// <param name="MissingPlayers">How many suitable players were missing in the last round.</param>
public readonly record struct WaitingStatus(int Place, int EstimateSeconds, int MissingPlayers, int RatingSpread);

/// <summary>How a ready check has ended.</summary>
/// <param name="Returned">Tickets that wait on. If the match is on, none.</param>
/// <param name="Absent">Players who have let the others down.</param>
/// <param name="Withdrawn">The ticket that was taken out; 0 if none was.</param>
public sealed record ReadyOutcome(
    MatchProposal Match,
    bool IsOn,
    ImmutableArray<MatchTicket> Returned,
    ImmutableArray<ulong> Absent,
    ulong Withdrawn = 0);

/// <summary>
/// The tickets of one mode that wait in one place, and the matches that are asked whether they are ready. A player has
/// one ticket, in the queue or in a ready check, never in both.
/// </summary>
/// <remarks>Not safe for several threads at once.</remarks>
public sealed class MatchQueue
{
    private readonly ModeDefinition _mode;
    private readonly ImmutableArray<string> _regions;
    private readonly List<QueuedTicket> _tickets = [];
    private readonly Dictionary<ulong, QueuedTicket> _byPlayer = [];
    private readonly Dictionary<ulong, ReadyCheck> _checks = [];
    private readonly Dictionary<ulong, ReadyCheck> _checkOf = [];
    private ulong _nextMatch;

    /// <param name="regions">At most 31.</param>
    /// <param name="firstMatch">The id of the first match; they count up from there.</param>
    public MatchQueue(ModeDefinition mode, ImmutableArray<string> regions, ulong firstMatch = 1)
    {
        if (regions.Length is 0 or > 31) throw new ArgumentException("1 to 31 regions.", nameof(regions));
        _mode = mode;
        _regions = regions;
        _nextMatch = firstMatch;
    }

    public int Waiting => _tickets.Count;

    public WaitEstimates Estimates { get; } = new();

    public IEnumerable<MatchTicket> Tickets => _tickets.Select(queued => queued.Ticket);

    public IReadOnlyCollection<ReadyCheck> Checks => _checks.Values;

    /// <summary>Lets a ticket wait.</summary>
    /// <returns>As <see cref="Refusal"/>.</returns>
    public GameError Add(MatchTicket ticket)
    {
        var refusal = Refusal(ticket);
        if (refusal == GameError.Ok) Insert(ticket);
        return refusal;
    }

    /// <returns>
    /// MATCH_TEAM_SIZE, MATCH_LEVEL, MATCH_ALREADY_QUEUED, MATCH_REGION_UNKNOWN if it can play in none of the regions,
    /// or OK.
    /// </returns>
    public GameError Refusal(MatchTicket ticket)
    {
        var members = ticket.Members;
        if (members.IsDefaultOrEmpty || members.Length > _mode.Size) return GameError.MatchTeamSize;
        foreach (var member in members)
        {
            if (member.Level < _mode.MinLevel || member.Level > _mode.MaxLevel) return GameError.MatchLevel;
            if (_byPlayer.ContainsKey(member.PlayerId) || _checkOf.ContainsKey(member.PlayerId))
                return GameError.MatchAlreadyQueued;
        }

        if (members.DistinctBy(member => member.PlayerId).Count() < members.Length) return GameError.MatchTeamSize;
        return !ticket.LatencyMs.IsEmpty && !_regions.Any(ticket.LatencyMs.ContainsKey)
            ? GameError.MatchRegionUnknown
            : GameError.Ok;
    }

    /// <summary>Puts back what was saved: a ticket that waits.</summary>
    public void Restore(MatchTicket ticket) => Insert(ticket);

    /// <summary>Puts back what was saved: a ready check that waits for answers.</summary>
    public void Restore(ReadyCheck check)
    {
        _checks.Add(check.Match.Id, check);
        foreach (var player in check.Players) _checkOf.Add(player, check);
    }

    /// <summary>The ticket with which a player waits; null if it does not.</summary>
    public MatchTicket? TicketOf(ulong player) => _byPlayer.GetValueOrDefault(player)?.Ticket;

    /// <summary>How waiting goes for some tickets, the one that waits longest first.</summary>
    /// <param name="from">How many to leave out.</param>
    public IEnumerable<(MatchTicket Ticket, WaitingStatus Status)> Statuses(long nowMs, int from, int count)
    {
        var byAge = _tickets.ToArray();
        Array.Sort(byAge, static (x, y) => x.Since.CompareTo(y.Since));
        for (var i = from; i < Math.Min(byAge.Length, from + count); i++)
            yield return (byAge[i].Ticket, StatusOf(byAge[i], i + 1, nowMs));
    }

    /// <summary>Takes a player's ticket out, with the whole team's. Once it is matched this is too late.</summary>
    /// <returns>MATCH_NOT_QUEUED, or the ticket.</returns>
    public GameError Cancel(ulong player, out MatchTicket? ticket)
    {
        ticket = null;
        if (!_byPlayer.TryGetValue(player, out var queued)) return GameError.MatchNotQueued;
        ticket = queued.Ticket;
        _tickets.Remove(queued);
        Forget(ticket);
        return GameError.Ok;
    }

    /// <summary>Makes matches of those who wait, and asks each whether they are ready.</summary>
    public IReadOnlyList<ReadyCheck> Round(long nowMs)
    {
        var found = new MatchRound(_mode, _regions.Length, _tickets, nowMs).Run();
        if (found.Count == 0) return [];
        var checks = new List<ReadyCheck>(found.Count);
        foreach (var (indices, regions) in found)
            checks.Add(Propose(Array.ConvertAll(indices, index => _tickets[index]), regions, nowMs));
        _tickets.RemoveAll(static queued => queued.IsMatched);
        return checks;
    }

    public ReadyCheck? CheckOf(ulong player) => _checkOf.GetValueOrDefault(player);

    /// <summary>A player's answer to a ready check.</summary>
    /// <param name="outcome">Not null if that ended it.</param>
    /// <returns>MATCH_NO_READY_CHECK, or OK.</returns>
    public GameError Answer(ulong player, ulong match, bool ready, long nowMs, out ReadyOutcome? outcome)
    {
        outcome = null;
        if (!_checkOf.TryGetValue(player, out var check) || check.Match.Id != match) return GameError.MatchNoReadyCheck;
        // Too late is too late, even if nobody has looked at the clock yet.
        check.Expire(nowMs);
        if (check.State == ReadyState.Waiting)
        {
            if (ready) check.Accept(player);
            else check.Decline(player);
        }

        if (check.State != ReadyState.Waiting) outcome = Close(check);
        return GameError.Ok;
    }

    /// <summary>Ends a player's ready check by taking the player's ticket out.</summary>
    /// <param name="by">Who has caused that; 0 if no player has.</param>
    /// <returns>Null if the player is not asked.</returns>
    public ReadyOutcome? Withdraw(ulong player, ulong by, long nowMs)
    {
        if (!_checkOf.TryGetValue(player, out var check)) return null;
        check.Expire(nowMs);
        check.Withdraw(player, by);
        return Close(check);
    }

    /// <summary>Ends the ready checks whose time is up.</summary>
    public IReadOnlyList<ReadyOutcome> Expire(long nowMs)
    {
        List<ReadyOutcome>? outcomes = null;
        foreach (var check in _checks.Values.Where(check => nowMs >= check.DeadlineMs).ToArray())
        {
            check.Expire(nowMs);
            (outcomes ??= []).Add(Close(check));
        }

        return outcomes ?? (IReadOnlyList<ReadyOutcome>)[];
    }

    /// <returns>Null if the player does not wait.</returns>
    public WaitingStatus? StatusOf(ulong player, long nowMs)
    {
        if (!_byPlayer.TryGetValue(player, out var queued)) return null;
        var place = 1;
        foreach (var other in _tickets)
        {
            if (other.Since < queued.Since) place++;
        }

        return StatusOf(queued, place, nowMs);
    }

    private WaitingStatus StatusOf(QueuedTicket queued, int place, long nowMs)
    {
        var waited = Math.Max(0, nowMs - queued.Since);
        return new WaitingStatus(
            place,
            Estimates.EstimateSeconds(queued.Rating, waited),
            Math.Max(0, _mode.Players - queued.Found),
            MatchWindow.At(_mode, waited).RatingSpread);
    }

    private ReadyCheck Propose(QueuedTicket[] tickets, int regions, long nowMs)
    {
        foreach (var queued in tickets)
        {
            queued.IsMatched = true;
            Estimates.Add(queued.Rating, nowMs - queued.Since);
        }

        var sides = ImmutableArray.Create(SideBalance.Of(_mode, Array.ConvertAll(tickets, queued => queued.Ticket)));
        var match = new MatchProposal(
            _nextMatch++,
            _mode.Id,
            _regions[BestRegion(tickets, regions)],
            ImmutableArray.CreateRange(sides, side => ImmutableArray.Create(side)),
            ImmutableArray.CreateRange(sides, Missing));
        var check = new ReadyCheck(match, nowMs + _mode.ReadyMs);
        _checks.Add(match.Id, check);
        foreach (var player in check.Players)
        {
            _byPlayer.Remove(player);
            _checkOf.Add(player, check);
        }

        return check;
    }

    private int Missing(MatchTicket[] side)
    {
        var missing = _mode.Size;
        foreach (var ticket in side) missing -= ticket.Members.Length;
        return missing;
    }

    /// <summary>Where the worst connection is best.</summary>
    private int BestRegion(QueuedTicket[] tickets, int regions)
    {
        var (best, least) = (0, int.MaxValue);
        for (var region = 0; region < _regions.Length; region++)
        {
            if ((regions & (1 << region)) == 0) continue;
            var worst = 0;
            foreach (var queued in tickets) worst = Math.Max(worst, queued.LatencyTo(region));
            if (worst < least) (best, least) = (region, worst);
        }

        return best;
    }

    private ReadyOutcome Close(ReadyCheck check)
    {
        _checks.Remove(check.Match.Id);
        foreach (var member in check.Match.Members) _checkOf.Remove(member.PlayerId);
        if (check.State == ReadyState.Ready) return new ReadyOutcome(check.Match, true, [], []);
        ImmutableArray<MatchTicket> returned = [.. check.Returned()];
        foreach (var ticket in returned) Insert(ticket);
        return new ReadyOutcome(check.Match, false, returned, [.. check.Absent], check.Withdrawn);
    }

    private void Insert(MatchTicket ticket)
    {
        var queued = new QueuedTicket(ticket, _regions);
        _tickets.Add(queued);
        foreach (var member in ticket.Members) _byPlayer.Add(member.PlayerId, queued);
    }

    private void Forget(MatchTicket ticket)
    {
        foreach (var member in ticket.Members) _byPlayer.Remove(member.PlayerId);
    }
}
