using System.Collections.Immutable;

namespace GameBackend.Game;

/// <param name="Role">Of the arena's roles.</param>
/// <param name="LostBefore">How many sessions the player had lost before the one with which it waits.</param>
public readonly record struct TicketMember(
    ulong PlayerId, double Rating, uint Level, string Role, ulong LostBefore = 0);

/// <summary>A player, or a whole team that stays together, who wait for a battle.</summary>
/// <param name="Id">Unique in its queue.</param>
/// <param name="LatencyMs">To each region that it can play in; without any it can play everywhere.</param>
/// <param name="EnqueuedAtMs">Since when it waits; a ticket that comes back keeps it.</param>
/// <param name="Team">The team that it is of; 0 for a player.</param>
public sealed record MatchTicket(
    ulong Id,
    ImmutableArray<TicketMember> Members,
    ImmutableDictionary<string, int> LatencyMs,
    long EnqueuedAtMs,
    long Team = 0)
{
    /// <summary>Of the team as one: the mean.</summary>
    public double Rating { get; } = Members.IsDefaultOrEmpty ? 0 : Members.Average(member => member.Rating);
}

/// <summary>Who fights whom.</summary>
/// <param name="Sides">Tickets of each side.</param>
/// <param name="Bots">How many bots each side is filled up with.</param>
public sealed record MatchProposal(
    ulong Id, string Mode, string Region, ImmutableArray<ImmutableArray<MatchTicket>> Sides, ImmutableArray<int> Bots)
{
    public IEnumerable<MatchTicket> Tickets => Sides.SelectMany(side => side);

    public IEnumerable<TicketMember> Members => Tickets.SelectMany(ticket => ticket.Members);

    /// <summary>Between the best and the worst ticket.</summary>
    public double Spread => Tickets.Max(ticket => ticket.Rating) - Tickets.Min(ticket => ticket.Rating);

    /// <summary>Between the mean ratings of the best and the worst side.</summary>
    public double SideGap
    {
        get
        {
            var means = Sides.Where(side => !side.IsEmpty)
                .Select(side => side.SelectMany(ticket => ticket.Members).Average(member => member.Rating)).ToArray();
            return means.Max() - means.Min();
        }
    }
}
