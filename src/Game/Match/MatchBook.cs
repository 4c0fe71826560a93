using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>
/// A queue with its ready checks until they are settled, and the last waits: what is saved of it, and how it comes
/// back. Each command says what it has changed; those changes, applied in their order to an empty book, make the same
/// book.
/// </summary>
/// <remarks>Not safe for several threads at once.</remarks>
public sealed class MatchBook
{
    private readonly ModeDefinition _mode;
    private readonly MatchQueue _queue;
    private readonly Dictionary<ulong, StoredCheck> _checks = [];
    private readonly Dictionary<ulong, StoredTicket> _leaving = [];

    /// <param name="firstMatch">Matches, and the battles that come of them, are numbered from here on.</param>
    /// <param name="saved">What an earlier book has changed, in that order.</param>
    public MatchBook(
        ModeDefinition mode, ImmutableArray<string> regions, ulong firstMatch, IEnumerable<MatchQueueChange> saved)
    {
        _mode = mode;
        _queue = new MatchQueue(mode, regions, firstMatch);
        var waiting = new Dictionary<ulong, StoredTicket>();
        foreach (var change in saved)
        {
            foreach (var check in change.Checks)
            {
                _checks[check.MatchId] = check;
                foreach (var ticket in check.Tickets()) waiting.Remove(ticket.Id);
            }

            foreach (var id in change.ChecksGone) _checks.Remove(id);
            foreach (var id in change.Gone) waiting.Remove(id);
            foreach (var ticket in change.Leaving) _leaving[ticket.Id] = ticket;
            foreach (var id in change.Left) _leaving.Remove(id);
            foreach (var ticket in change.Waiting) waiting[ticket.Id] = ticket;
            foreach (var wait in change.Waits) _queue.Estimates.Restore(wait);
        }

        foreach (var ticket in waiting.Values) _queue.Restore(ticket.ToTicket());
        foreach (var check in _checks.Values)
        {
            if (check.State == StoredCheckState.Waiting) _queue.Restore(check.ToCheck(mode.Id));
        }
    }

    public ModeDefinition Mode => _mode;

    public int Waiting => _queue.Waiting;

    /// <summary>Matches whose players are being asked, or have yet to be told how that has ended.</summary>
    public IReadOnlyDictionary<ulong, StoredCheck> Checks => _checks;

    /// <summary>Tickets that wait no more and whose players have yet to be told.</summary>
    public IReadOnlyDictionary<ulong, StoredTicket> Leaving => _leaving;

    /// <summary>All there is, as changes of nothing.</summary>
    public MatchQueueChange Snapshot()
    {
        var all = new MatchQueueChange();
        all.Checks.AddRange(_checks.Values);
        all.Waiting.AddRange(_queue.Tickets.Select(ticket => ticket.ToStored()));
        all.Leaving.AddRange(_leaving.Values);
        all.Waits.AddRange(_queue.Estimates.All());
        return all;
    }

    /// <returns>As <see cref="MatchQueue.Refusal"/>.</returns>
    public GameError Refusal(MatchTicket ticket) => _queue.Refusal(ticket);

    /// <summary>Lets a ticket wait that is not refused.</summary>
    public MatchQueueChange Add(MatchTicket ticket)
    {
        _queue.Restore(ticket);
        return new MatchQueueChange { Waiting = { ticket.ToStored() } };
    }

    /// <summary>The ticket with which a player waits; null if it does not, or is matched.</summary>
    public MatchTicket? TicketOf(ulong player) => _queue.TicketOf(player);

    /// <summary>The check in which a player is asked; null if there is none.</summary>
    public StoredCheck? CheckOf(ulong player) =>
        _queue.CheckOf(player) is { } check ? _checks[check.Match.Id] : null;

    /// <summary>
    /// Whether a player's ticket is in a match that is off and has yet to be let go, with what that means for the
    /// player.
    /// </summary>
    public bool IsEnding(ulong ticket) => _checks.Values.Any(
        check => check.State == StoredCheckState.Off && check.Tickets().Any(each => each.Id == ticket));

    /// <summary>Whether a player's ticket waits here, or is in a match that can still become a battle.</summary>
    public bool Holds(ulong player, ulong ticket) => TicketOf(player)?.Id == ticket || _checks.Values.Any(
        check => check.State != StoredCheckState.Off && check.Tickets().Any(each => each.Id == ticket));

    public WaitingStatus? StatusOf(ulong player, long nowMs) => _queue.StatusOf(player, nowMs);

    /// <inheritdoc cref="MatchQueue.Statuses"/>
    public IEnumerable<(MatchTicket Ticket, WaitingStatus Status)> Statuses(long nowMs, int from, int count) =>
        _queue.Statuses(nowMs, from, count);

    /// <summary>Takes a player's ticket out, with the whole team's.</summary>
    /// <returns>What has changed; null if the player does not wait, or is matched.</returns>
    public MatchQueueChange? Cancel(ulong player, out StoredTicket? ticket)
    {
        ticket = null;
        if (_queue.Cancel(player, out var cancelled) != GameError.Ok) return null;
        _leaving[cancelled!.Id] = ticket = cancelled.ToStored();
        return new MatchQueueChange { Gone = { ticket.Id }, Leaving = { ticket } };
    }

    /// <summary>All players of a ticket that waits no more have been told.</summary>
    public MatchQueueChange Left(ulong ticket)
    {
        _leaving.Remove(ticket);
        return new MatchQueueChange { Left = { ticket } };
    }

    /// <summary>Ends a player's ready check by taking the player's ticket out.</summary>
    /// <param name="by">Who has caused that; 0 if no player has.</param>
    /// <returns>What has changed; null if the player is not asked.</returns>
    public MatchQueueChange? Withdraw(ulong player, ulong by, long nowMs) =>
        _queue.Withdraw(player, by, nowMs) is { } outcome ? Ended(outcome) : null;

    /// <summary>A player's answer to a ready check.</summary>
    /// <param name="entrant">With what the player fights, if it is ready.</param>
    /// <returns>What has changed; null if the player is not asked about this match.</returns>
    public MatchQueueChange? Answer(ulong player, ulong match, StoredEntrant? entrant, long nowMs)
    {
        if (_queue.Answer(player, match, entrant is not null, nowMs, out var outcome) != GameError.Ok) return null;
        var check = _checks[match];
        if (entrant is not null && outcome is null or { IsOn: true } && check.Ready.All(e => e.PlayerId != player))
            check.Ready.Add(entrant);
        return outcome is null ? new MatchQueueChange { Checks = { check.Clone() } } : Ended(outcome);
    }

    /// <summary>A round: ends the checks whose time is up, and makes matches.</summary>
    /// <returns>What has changed; null if nothing.</returns>
    public MatchQueueChange? Round(long nowMs)
    {
        var change = new MatchQueueChange();
        foreach (var outcome in _queue.Expire(nowMs)) change.MergeFrom(Ended(outcome));
        // Those are not matched again before they are saved as waiting.
        if (change.Checks.Count > 0) return change;
        foreach (var check in _queue.Round(nowMs))
        {
            var stored = check.ToStored();
            _checks.Add(stored.MatchId, stored);
            change.Checks.Add(stored.Clone());
            change.Waits.AddRange(check.Match.Tickets.Select(
                ticket => WaitEstimates.Of(ticket.Rating, nowMs - ticket.EnqueuedAtMs)));
        }

        return change.Checks.Count > 0 ? change : null;
    }

    /// <summary>Everybody has been told how a check has ended, and the battle runs if there is one.</summary>
    public MatchQueueChange Close(ulong match)
    {
        _checks.Remove(match);
        return new MatchQueueChange { ChecksGone = { match } };
    }

    private MatchQueueChange Ended(ReadyOutcome outcome)
    {
        var check = _checks[outcome.Match.Id];
        check.State = outcome.IsOn ? StoredCheckState.On : StoredCheckState.Off;
        check.Absent.AddRange(outcome.Absent);
        check.Withdrawn = outcome.Withdrawn;
        var change = new MatchQueueChange { Checks = { check.Clone() } };
        change.Waiting.AddRange(outcome.Returned.Select(ticket => ticket.ToStored()));
        return change;
    }
}
