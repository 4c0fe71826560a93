using System.Globalization;
using GameBackend.Gateway.Accounts;
using GameBackend.Nodes;
using Google.Protobuf;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace GameBackend.Gateway.Admin;

/// <summary>What operators see and do of other zones, and what their own zone shows to those.</summary>
internal sealed class AdminZones(IClusterClient cluster, NodeDirectory nodes, NodeCalls calls)
{
    private static readonly ServiceDescriptor Players = ZonesReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Battles = ZonesReflection.Descriptor.Services[1];

    private static readonly AccountProblem DoesNotFit = AccountProblem.InvalidRequest with
    {
        Title = "The other zone refuses this battle: it has no such mode, or one with sides of another number or size.",
    };

    /// <summary>Nodes of other zones that export anything.</summary>
    public IResult Abroad() => Results.Json(
        nodes.Abroad.Select(node => new AbroadBody(
            NodeAddress.FromValue(node.Address).ToString(), node.Available, [.. node.Exports])).ToArray(),
        AdminJson.Default.AbroadBodyArray);

    /// <summary>A player of another zone, by id or display name.</summary>
    public Task<IResult> Find(string zone, string player) => Reaching(async () =>
    {
        // A name may have nothing but digits. An id that exists goes before it.
        var (from, reply) = PlayerIds.TryParse(player, out var id)
            ? await Ask<FindPlayerReply>(zone, Players, new FindPlayerRequest { PlayerId = (ulong)id })
            : default;
        if (reply?.Profile is null)
            (from, reply) = await Ask<FindPlayerReply>(zone, Players, new FindPlayerRequest { Name = player });
        return reply.Profile is { } found
            ? Results.Json(
                new ZonePlayerBody(
                    PlayerIds.Format((long)found.PlayerId), found.Profile.Name, found.Level, found.Online,
                    from.ToString()),
                AdminJson.Default.ZonePlayerBody)
            : AccountProblem.PlayerUnknown;
    });

    /// <summary>Sends players of this zone, as they are now, into a battle in another.</summary>
    public async Task<AdminOrder> Open(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.OperatorBattle) is not { } battle
            || battle.Sides.Any(side => side is null || side.Contains(null!)))
            return AccountProblem.InvalidRequest;
        return new AdminOrder($"zone {battle.Zone}", $"{battle.Mode} {battle.Key}", () => Open(battle));
    }

    private async Task<AdminAnswer> Open(OperatorBattle battle)
    {
        var request = new OpenZoneBattleRequest { Key = battle.Key, Mode = battle.Mode };
        for (var side = 0; side < battle.Sides.Length; side++)
        {
            foreach (var player in battle.Sides[side])
            {
                if (!PlayerIds.TryParse(player, out var id)
                    || await cluster.GetGrain<IPlayerProfile>(id).GetPublicProfile() is not { } encoded)
                    return AccountProblem.PlayerUnknown;
                var profile = PublicProfile.Parser.ParseFrom(encoded);
                request.Fighters.Add(new ZoneFighter
                {
                    Name = profile.Profile.Name,
                    Side = (uint)side,
                    Stats = profile.Stats,
                });
            }
        }

        return new(await Reaching(async () =>
        {
            var (from, reply) = await Ask<OpenZoneBattleReply>(battle.Zone, Battles, request);
            return reply.Error == GameError.Ok
                ? Results.Json(new ZoneBattleBody($"{reply.BattleId:x16}", "Running", from.ToString()),
                    AdminJson.Default.ZoneBattleBody)
                : DoesNotFit;
        }));
    }

    public Task<IResult> Battle(string zone, string battle) => Reaching(async () =>
    {
        if (!ulong.TryParse(battle, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var id))
            return AccountProblem.BattleUnknown;
        var (from, found) = await Ask<ZoneBattle>(zone, Battles, new GetZoneBattleRequest { BattleId = id });
        return found.State == ZoneBattle.Types.State.None
            ? AccountProblem.BattleUnknown
            : Results.Json(
                new ZoneBattleBody($"{id:x16}", $"{found.State}", from.ToString())
                {
                    Reason = found.Result is { } result ? $"{result.Reason}" : null,
                    Ranks = found.Result?.Sides.Select(side => side.Rank).ToArray(),
                    Ticks = found.Result?.Ticks,
                },
                AdminJson.Default.ZoneBattleBody);
    });

    /// <summary>Shows a service of a node of this zone to others, or hides it.</summary>
    public async Task<AdminOrder> Export(HttpContext http)
    {
        if (await AccountJson.Read(http, AdminJson.Default.ExportRequest) is not { Service.Length: > 0 } request)
            return AccountProblem.InvalidRequest;
        if (nodes.Named(request.Node) is not { } node)
            return AccountProblem.NodeUnknown;
        return new AdminOrder(node.Name, $"{request.Service} {(request.On ? "on" : "off")}", async () =>
        {
            try
            {
                var reply = await calls.Call<ExportServiceReply>(
                    node.Address, ControlReflection.Descriptor.Services[0],
                    new ExportServiceRequest { Service = request.Service, On = request.On });
                return new(Results.Json(
                    new ExportBody(node.Name, [.. reply.Exports]), AdminJson.Default.ExportBody));
            }
            catch (NodeException e) when (e.Error == NodeError.HandlerFault)
            {
                return AccountProblem.InvalidRequest with { Title = e.Message };
            }
        });
    }

    /// <summary>Asks any node of a zone that exports the service.</summary>
    private async Task<(NodeAddress From, TReply Reply)> Ask<TReply>(
        string zone, ServiceDescriptor service, IMessage request)
        where TReply : IMessage<TReply>, new()
    {
        var number = int.TryParse(zone, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var those = nodes.Exporting(service.FullName, number);
        if (those.IsEmpty)
            throw new NodeException(
                NodeError.NoRoute, $"Zone {zone} exports no {service.FullName} that is seen from here.");
        var to = those[Random.Shared.Next(those.Length)];
        return (to, await calls.Call<TReply>(to, service, request));
    }

    /// <summary>Says why it is not answered: that is what operators want to know.</summary>
    private static async Task<IResult> Reaching(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NodeException e)
        {
            return AccountProblem.Unreachable($"{e.Error}: {e.Message}");
        }
    }
}
