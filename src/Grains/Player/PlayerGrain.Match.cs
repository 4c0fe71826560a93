using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Player;

/// <summary>
/// The player and the matchmaker. The queue decides; this is the fence before it, and knows how the player is.
/// </summary>
public sealed partial class PlayerGrain
{
    public async Task<Outcome> QueueMatch(
        Caller caller, string mode, string role, ImmutableArray<RegionPing> latencies)
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (!catalogue.Modes.TryGetValue(mode, out var definition) || catalogue.Arena is null)
            return Outcome.Refused(GameError.MatchModeUnknown);
        if (role.Length > 0 && catalogue.Arena.Role(role) is null)
            return Outcome.Refused(GameError.MatchRoleUnknown);
        if (latencies.Length > MatchShard.RegionLimit)
            return Outcome.Refused(GameError.InvalidArgument);
        // The ticket keeps no word of the client's that the catalogue does not know.
        var pings = latencies.DistinctBy(ping => ping.Region)
            .Where(ping => catalogue.Shards.Any(shard => shard.Regions.Contains(ping.Region)))
            .ToImmutableDictionary(ping => ping.Region, ping => (int)Math.Min(ping.Milliseconds, 10_000));
        if ((pings.IsEmpty && latencies.Length > 0) || MatchShard.Of(catalogue.Shards, pings) is not { } shard)
            return Outcome.Refused(GameError.MatchRegionUnknown);

        // Whoever has to wait does not get as far as the queue.
        var groups = await Membership.Get();
        if (groups.PenaltyUntilMs > NowMs)
            return Outcome.Refused(GameError.MatchPenalty, PenaltyRules.LeftMs(groups.PenaltyUntilMs, NowMs));
        var team = groups.Team;
        var players = team == 0 ? [PlayerId] : await Team(team).Members();
        if (players.FirstOrDefault() != PlayerId)
            return Outcome.Refused(GameError.TeamNotLeader);
        if (players.Length > definition.Size)
            return Outcome.Refused(GameError.MatchTeamSize);
        // Never waits for what the others are doing: this interleaves there.
        var mates = await Task.WhenAll(
            players.Skip(1).Select(mate => GrainFactory.GetGrain<IPlayerMatch>(mate).GetMatchCard(mode)));
        if (mates.Contains(null))
            return Outcome.Refused(GameError.TeamPlayerOffline);
        var penalty = mates.Select(mate => mate!.PenaltyUntilMs).DefaultIfEmpty().Max();
        if (penalty > NowMs)
            return Outcome.Refused(GameError.MatchMatePenalty, PenaltyRules.LeftMs(penalty, NowMs));
        var order = new TicketOrder(NewTicketId(caller), team, [Card(mode, role), .. mates!], pings);
        return await Match(MatchQueues.Key(mode, shard.Id)).Queue(order);
    }

    public async Task<Outcome> CancelMatch(Caller caller)
    {
        if (Admit(caller) is { } refused)
            return refused;
        var groups = await Membership.Get();
        if (groups.Battle == 0)
            return Outcome.Done;
        if (groups.Queue.Length == 0)
            return Outcome.Refused(GameError.MatchNotQueued);
        return await Match(groups.Queue).Holds(PlayerId, groups.Battle)
            ? await Match(groups.Queue).Cancel(PlayerId)
            : Outcome.Done;
    }

    public async Task<Outcome> AnswerReady(Caller caller, long match, bool ready, string role)
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (role.Length > 0 && catalogue.Arena?.Role(role) is null)
            return Outcome.Refused(GameError.MatchRoleUnknown);
        var groups = await Membership.Get();
        if (groups.Queue.Length > 0)
            return await Match(groups.Queue).Answer(PlayerId, match, ready ? Entrant(groups.Queue, role) : null);
        // An answer that is repeated after it has brought the battle about.
        return ready && groups.Battle == match && match != 0
            ? Outcome.Done
            : Outcome.Refused(GameError.MatchNoReadyCheck);
    }

    public async Task<Outcome> GetMatchStatus(Caller caller)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var groups = await Membership.Get();
        if (groups.Battle != 0 && groups.Queue.Length > 0)
            return await Match(groups.Queue).Status(PlayerId, groups.Battle);
        var reply = new GetMatchStatusReply { BattleId = (ulong)groups.Battle };
        if (groups.PenaltyUntilMs > NowMs)
            reply.Status = new MatchStatus { PenaltyUntilMs = groups.PenaltyUntilMs };
        return Outcome.Of(reply);
    }

    public async Task<MatchCard?> GetMatchCard(string mode)
    {
        await _saving;
        if (!Record.Session.Live || !PlayerRules.Exists(State))
            return null;
        return Card(mode, "") with { PenaltyUntilMs = (await Membership.Get()).PenaltyUntilMs };
    }

    private MatchCard Card(string mode, string role) => new(
        PlayerId, RatingOf(mode).Value, State.Level, role.Length > 0 ? role : catalogue.Arena!.Roles[0].Id,
        Record.Session.Lost);

    /// <summary>As the player fights, worn and rated now.</summary>
    private BattleEntrant Entrant(string queue, string role)
    {
        var rating = RatingOf(MatchQueues.ModeOf(queue));
        return new BattleEntrant(
            PlayerId, State.Profile.Name, 0, role, StatsRules.Of(State, catalogue).ToByteArray(),
            rating.Value, rating.Deviation, rating.Volatility);
    }

    private Rating RatingOf(string mode) => StandingRules.RatingOf(Record.Battles ?? new BattleStanding(), mode, NowMs);

    private IMatchGrain Match(string queue) => GrainFactory.GetGrain<IMatchGrain>(queue);

    /// <summary>A ticket that is asked for twice by one request is one ticket.</summary>
    private long NewTicketId(Caller caller)
    {
        var seed = caller.RequestId == 0
            ? $"{Guid.NewGuid()}" : $"ticket/{PlayerId:x}/{caller.SessionId:x}/{caller.RequestId}";
        return (BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(seed))) & long.MaxValue) | 1;
    }
}
