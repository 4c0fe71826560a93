namespace GameBackend.Game;

/// <summary>How a ready check stands.</summary>
public enum ReadyState
{
    Waiting,
    /// <summary>All are ready.</summary>
    Ready,
    /// <summary>Somebody has declined, or was silent for too long.</summary>
    Failed,
}

/// <summary>
/// Asks all players of a match whether they are there. It ends once, in one way. Whoever causes a failure is absent;
/// whoever was ready and caused nothing never is.
/// </summary>
/// <param name="deadlineMs">Silence until then is a no.</param>
/// <param name="wasInterrupted">
/// Players may have answered while nobody listened: silence then is nobody's fault, and all wait on.
/// </param>
public sealed class ReadyCheck(MatchProposal match, long deadlineMs, bool wasInterrupted = false)
{
    private readonly ulong[] _players = PlayersOf(match);
    private readonly List<ulong> _ready = [];

    public MatchProposal Match { get; } = match;

    public long DeadlineMs { get; } = deadlineMs;

    public ReadyState State { get; private set; }

    /// <summary>Those who caused the failure: who declined, left, put somebody out, or were silent.</summary>
    public IReadOnlyCollection<ulong> Absent { get; private set; } = [];

    /// <summary>The ticket that was taken out, which waits no more; 0 if none was.</summary>
    public ulong Withdrawn { get; private set; }

    public IReadOnlyCollection<ulong> Ready => _ready;

    /// <summary>All who are asked.</summary>
    public IReadOnlyList<ulong> Players => _players;

    /// <returns>False if the player is not asked, or not any more.</returns>
    public bool Accept(ulong player)
    {
        if (State != ReadyState.Waiting || !_players.Contains(player)) return false;
        if (!_ready.Contains(player)) _ready.Add(player);
        if (_ready.Count == _players.Length) State = ReadyState.Ready;
        return true;
    }

    /// <inheritdoc cref="Accept"/>
    public bool Decline(ulong player)
    {
        if (State != ReadyState.Waiting || !_players.Contains(player)) return false;
        Fail([player]);
        return true;
    }

    /// <summary>Takes out the ticket of a player, be the player ready or not.</summary>
    /// <param name="by">Who has caused that; 0 if no player has.</param>
    public void Withdraw(ulong player, ulong by)
    {
        if (State == ReadyState.Ready) return;
        Withdrawn = Match.Tickets.First(ticket => ticket.Members.Any(member => member.PlayerId == player)).Id;
        if (State == ReadyState.Waiting) Fail(by == 0 ? [] : [by]);
    }

    public void Expire(long nowMs)
    {
        if (State == ReadyState.Waiting && nowMs >= DeadlineMs)
            Fail(wasInterrupted ? [] : [.. _players.Where(p => !_ready.Contains(p))]);
    }

    /// <summary>After a failure, the tickets that wait on. They keep their waiting time.</summary>
    public IEnumerable<MatchTicket> Returned() => Match.Tickets.Where(ticket => ticket.Id != Withdrawn
        && !ticket.Members.Any(member => Absent.Contains(member.PlayerId)));

    private static ulong[] PlayersOf(MatchProposal match)
    {
        var players = new List<ulong>(4);
        foreach (var side in match.Sides)
            foreach (var ticket in side)
                foreach (var member in ticket.Members) players.Add(member.PlayerId);
        return [.. players];
    }

    private void Fail(ulong[] absent)
    {
        State = ReadyState.Failed;
        Absent = absent;
    }
}
