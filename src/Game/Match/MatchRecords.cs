using System.Collections.Immutable;

namespace GameBackend.Game;

/// <summary>Tickets and matches as they are saved, and back.</summary>
public static class MatchRecords
{
    public static StoredTicket ToStored(this MatchTicket ticket)
    {
        var stored = new StoredTicket { Id = ticket.Id, EnqueuedAtMs = ticket.EnqueuedAtMs, Team = ticket.Team };
        foreach (var member in ticket.Members)
        {
            stored.Members.Add(new StoredTicketMember
            {
                PlayerId = member.PlayerId,
                Rating = member.Rating,
                Level = member.Level,
                Role = member.Role,
                LostBefore = member.LostBefore,
            });
        }

        foreach (var (region, latency) in ticket.LatencyMs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            stored.Latencies.Add(new RegionLatency { Region = region, Milliseconds = (uint)latency });
        return stored;
    }

    public static MatchTicket ToTicket(this StoredTicket stored) => new(
        stored.Id,
        [.. stored.Members.Select(m => new TicketMember(m.PlayerId, m.Rating, m.Level, m.Role, m.LostBefore))],
        stored.Latencies.ToImmutableDictionary(l => l.Region, l => (int)l.Milliseconds),
        stored.EnqueuedAtMs,
        stored.Team);

    public static StoredCheck ToStored(this ReadyCheck check)
    {
        var stored = new StoredCheck
        {
            MatchId = check.Match.Id,
            Region = check.Match.Region,
            DeadlineMs = check.DeadlineMs,
        };
        for (var side = 0; side < check.Match.Sides.Length; side++)
        {
            stored.Sides.Add(new StoredSide
            {
                Tickets = { check.Match.Sides[side].Select(ToStored) },
                Bots = (uint)check.Match.Bots[side],
            });
        }

        return stored;
    }

    /// <summary>A check that goes on after nobody was there to take answers.</summary>
    public static ReadyCheck ToCheck(this StoredCheck stored, string mode)
    {
        var check = new ReadyCheck(
            new MatchProposal(
                stored.MatchId,
                mode,
                stored.Region,
                [.. stored.Sides.Select(side => side.Tickets.Select(ToTicket).ToImmutableArray())],
                [.. stored.Sides.Select(side => (int)side.Bots)]),
            stored.DeadlineMs,
            wasInterrupted: true);
        foreach (var entrant in stored.Ready) check.Accept(entrant.PlayerId);
        return check;
    }

    public static IEnumerable<StoredTicket> Tickets(this StoredCheck check) =>
        check.Sides.SelectMany(side => side.Tickets);

    /// <summary>Whether a ticket of an ended check waits on.</summary>
    public static bool WaitsOn(this StoredCheck check, StoredTicket ticket) =>
        check.State == StoredCheckState.Off && ticket.Id != check.Withdrawn
        && !ticket.Members.Any(member => check.Absent.Contains(member.PlayerId));
}
