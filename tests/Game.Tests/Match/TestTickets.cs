using System.Collections.Immutable;

namespace GameBackend.Game.Tests;

internal static class TestTickets
{
    public static readonly ImmutableArray<string> Regions = ["eu", "us", "asia"];

    public static ModeDefinition Mode(string id) => Catalogue.LoadDefault().Modes[id];

    public static MatchTicket Solo(
        ulong player, double rating, long since = 0, string role = "ranger", uint level = 10) => new(
        player, [new TicketMember(player, rating, level, role)], ImmutableDictionary<string, int>.Empty, since);

    public static MatchTicket Team(ulong first, int size, double rating, long since = 0) => new(
        first,
        [.. Enumerable.Range(0, size).Select(i => new TicketMember(first + (ulong)i, rating, 10, "ranger"))],
        ImmutableDictionary<string, int>.Empty,
        since);

    public static MatchTicket In(this MatchTicket ticket, params (string Region, int Ms)[] latencies) =>
        ticket with { LatencyMs = latencies.ToImmutableDictionary(l => l.Region, l => l.Ms) };

    public static MatchQueue Queue(string mode, params MatchTicket[] tickets)
    {
        var queue = new MatchQueue(Mode(mode), Regions);
        foreach (var ticket in tickets) Assert.Equal(GameError.Ok, queue.Add(ticket));
        return queue;
    }

    public static ulong[][] PlayersOf(MatchProposal match) =>
        [.. match.Sides.Select(side => side.SelectMany(t => t.Members).Select(m => m.PlayerId).Order().ToArray())];
}
