using System.Collections.Immutable;
using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Match;

/// <summary>The battle that is to come of a match.</summary>
internal static class BattleOrders
{
    public static BattleOrder Of(Catalogue catalogue, ModeDefinition mode, StoredCheck check)
    {
        var ready = check.Ready.ToDictionary(entrant => entrant.PlayerId);
        var entrants = ImmutableArray.CreateBuilder<BattleEntrant>();
        for (var side = 0; side < check.Sides.Count; side++)
        {
            foreach (var member in check.Sides[side].Tickets.SelectMany(ticket => ticket.Members))
            {
                var entrant = ready[member.PlayerId];
                entrants.Add(new BattleEntrant(
                    (long)member.PlayerId, entrant.Name, side, entrant.Role.Length > 0 ? entrant.Role : member.Role,
                    entrant.Stats.ToByteArray(), entrant.Rating, entrant.Deviation, entrant.Volatility));
            }
        }

        var bots = MeanStats(check);
        for (var side = 0; side < check.Sides.Count; side++)
        {
            for (var bot = 0; bot < check.Sides[side].Bots; bot++)
            {
                var number = entrants.Count - ready.Count;
                var roles = catalogue.Arena!.Roles;
                entrants.Add(new BattleEntrant(
                    0, $"Bot {number + 1}", side, roles[number % roles.Length].Id, bots, 0, 0, 0));
            }
        }

        return new BattleOrder(mode.Id, check.Region, entrants.ToImmutable());
    }

    /// <summary>Bots are as strong as the players are on average.</summary>
    private static byte[] MeanStats(StoredCheck check)
    {
        var all = check.Ready.Select(entrant => Stats.Parser.ParseFrom(entrant.Stats)).ToArray();
        return new Stats
        {
            Health = (int)all.Average(stats => stats.Health),
            Attack = (int)all.Average(stats => stats.Attack),
            Defence = (int)all.Average(stats => stats.Defence),
            Speed = (int)all.Average(stats => stats.Speed),
        }.ToByteArray();
    }
}
