using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GameBackend.Game;
using GameBackend.Nodes;
using Google.Protobuf;
using Microsoft.Extensions.Hosting;

namespace GameBackend.Grains.Zones;

/// <summary>What a silo answers to other zones, as far as it exports it.</summary>
public sealed class ZoneServices(IGrainFactory grains, NodeCalls calls, Catalogue catalogue) : IHostedService
{
    private const int MaxKeyLength = 128;
    private const int MaxNameLength = 64;
    private const int MaxStat = 1_000_000;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var services = ZonesReflection.Descriptor.Services;
        calls.Serve<FindPlayerRequest, FindPlayerReply>(services[0], (_, request, _) => Find(request));
        calls.Serve<OpenZoneBattleRequest, OpenZoneBattleReply>(services[1], (caller, request, _) =>
            Open(caller, request));
        calls.Serve<GetZoneBattleRequest, ZoneBattle>(services[1], (_, request, _) => Get((long)request.BattleId));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static long BattleId(NodeSender caller, string key)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"zone/{caller.Address.Cluster}/{key}");
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }

    private static bool Fits(ZoneFighter fighter) =>
        fighter.Name.Length is > 0 and <= MaxNameLength && fighter.Side < byte.MaxValue
        && fighter.Stats is { Health: > 0 and <= MaxStat } stats
        && stats.Attack is >= 0 and <= MaxStat && stats.Defence is >= 0 and <= MaxStat
            && stats.Speed is >= 0 and <= MaxStat;

    /// <summary>
    /// Whether each side of the mode has as many fighters as it takes: nobody here would fill the gaps.
    /// </summary>
    private bool FillsSides(OpenZoneBattleRequest request)
    {
        if (!catalogue.Modes.TryGetValue(request.Mode, out var mode) || request.Fighters.Count != mode.Players)
            return false;
        var sides = request.Fighters.CountBy(fighter => fighter.Side).ToArray();
        return sides.All(side => side.Key < mode.Sides && side.Value == mode.Size);
    }

    private async Task<FindPlayerReply> Find(FindPlayerRequest request)
    {
        var id = request.WhoCase == FindPlayerRequest.WhoOneofCase.Name
            ? await grains.GetGrain<IPlayerSearchGrain>(0).ByName(request.Name) ?? 0
            : (long)request.PlayerId;
        var profile = id == 0 ? null : await grains.GetGrain<IPlayerProfile>(id).GetPublicProfile();
        return new FindPlayerReply { Profile = profile is null ? null : PublicProfile.Parser.ParseFrom(profile) };
    }

    private async Task<OpenZoneBattleReply> Open(NodeSender caller, OpenZoneBattleRequest request)
    {
        if (request.Key.Length is 0 or > MaxKeyLength || !request.Fighters.All(Fits) || !FillsSides(request))
            return new OpenZoneBattleReply { Error = GameError.InvalidArgument };
        var battle = BattleId(caller, request.Key);
        try
        {
            await grains.GetGrain<IBattleGrain>(battle).Open(
                new BattleOrder(request.Mode, "", [.. request.Fighters.Select(Entrant)]));
        }
        catch (ArgumentException)
        {
            return new OpenZoneBattleReply { Error = GameError.InvalidArgument };
        }

        return new OpenZoneBattleReply { BattleId = (ulong)battle };
    }

    /// <summary>Unrated, and not a player of this zone, so there is nobody here to settle with.</summary>
    private BattleEntrant Entrant(ZoneFighter fighter) => new(
        0, fighter.Name, (int)fighter.Side, fighter.Role.Length > 0 ? fighter.Role : catalogue.Arena?.Roles[0].Id ?? "",
        fighter.Stats.ToByteArray(), 0, 0, 0);

    private async Task<ZoneBattle> Get(long id)
    {
        var battle = grains.GetGrain<IBattleGrain>(id);
        var watched = await battle.Watch(0);
        if (watched.Error == GameError.Ok)
        {
            return new ZoneBattle
            {
                State = ZoneBattle.Types.State.Running,
                Info = WatchBattleReply.Parser.ParseFrom(watched.Reply!).Info,
            };
        }

        var replay = await battle.ReadReplay(0);
        return replay.Error == GameError.Ok
            ? new ZoneBattle
            {
                State = ZoneBattle.Types.State.Over,
                Result = ReadReplayReply.Parser.ParseFrom(replay.Reply!).Result,
            }
            : new ZoneBattle
            {
                State = replay.Error == GameError.BattleRunning
                    ? ZoneBattle.Types.State.Running : ZoneBattle.Types.State.None,
            };
    }
}
