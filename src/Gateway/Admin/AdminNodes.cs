using System.Globalization;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Sessions;
using GameBackend.Nodes;
using Google.Protobuf;

namespace GameBackend.Gateway.Admin;

/// <summary>What operators see of the cluster, and the draining of its nodes.</summary>
internal sealed class AdminNodes(
    IGrainFactory grains, NodeDirectory nodes, NodeCalls calls, RouteTable routes, SessionRegistry sessions,
    TimeProvider clock)
{
    private const int MaxSessions = 1000;
    private const int MaxAnnouncement = 1000;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(90);

    public IResult Nodes() => Results.Json(
        nodes.All.Select(node => new NodeBody(
            node.Name, node.Address.ToString(), node.Uuid.ToString("N"), Kind(node), [.. node.Roles.Order()],
            node.Version, node.Available, Load(node), [.. node.Exports.Order()],
            new Dictionary<string, string>(node.Metadata), node.StartedAtMs, node.LastActiveMs, node.Uuid == nodes.Mine.Uuid)).ToArray(),
        AdminJson.Default.NodeBodyArray);

    public IResult Routes() => Results.Json(
        routes.All.Select(route => new RouteBody(
            route.Op, route.Name, $"{route.Effect}", route.Statistics.Total, route.Statistics.Refused)).ToArray(),
        AdminJson.Default.RouteBodyArray);

    /// <summary>Sessions of this gateway, the oldest first.</summary>
    public IResult Sessions(int? count) => Results.Json(
        sessions.All.OrderBy(session => session.ConnectedAtMs).Take(Math.Clamp(count ?? 100, 1, MaxSessions))
            .Select(session => new SessionBody(
                PlayerIds.Format(session.PlayerId), session.SessionId.ToString(CultureInfo.InvariantCulture),
                session.Epoch,
                $"{session.State}", session.Connection.Transport, session.Connection.Remote?.ToString(),
                (Environment.TickCount64 - session.ConnectedAtMs) / 1000)).ToArray(),
        AdminJson.Default.SessionBodyArray);

    /// <summary>How many grains of each type are active on each silo.</summary>
    public async Task<IResult> Spread()
    {
        var names = nodes.All.Where(node => node.Metadata.ContainsKey(SiloNode.Address))
            .ToDictionary(node => node.Metadata[SiloNode.Address], node => node.Name);
        var spread = new Dictionary<string, Dictionary<string, int>>();
        foreach (var each in await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
        {
            var type = each.GrainType.Split(',')[0].Split('.')[^1];
            if (!type.EndsWith("Grain", StringComparison.Ordinal)
                || each.GrainType.StartsWith("Orleans", StringComparison.Ordinal))
                continue;
            var silos = spread.TryGetValue(type, out var known)
                ? known
                : spread[type] = names.Values.ToDictionary(name => name, _ => 0);
            silos[names.GetValueOrDefault(each.SiloAddress.ToParsableString(), $"{each.SiloAddress}")] =
                each.ActivationCount;
        }

        return Results.Json(new SpreadBody(spread), AdminJson.Default.SpreadBody);
    }

    /// <summary>Tells something to everybody who is online.</summary>
    public async Task<AdminOrder> Announce(HttpContext http)
    {
        var request = await AccountJson.Read(http, AdminJson.Default.AnnounceRequest);
        if (request is not { Text.Length: > 0 and <= MaxAnnouncement })
            return AccountProblem.InvalidRequest;
        return new AdminOrder("everybody", request.Text, () => Announce(request.Text));
    }

    private async Task<AdminAnswer> Announce(string text)
    {
        var silo = nodes.RandomOf(NodeTypes.Silo) ?? throw new NodeException(NodeError.NoRoute, "There is no silo.");
        var said = new ServerNotice { Text = text, AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        var reply = await calls.Call<EverybodyPushed>(
            silo.Address, RelayReflection.Descriptor.Services[0],
            new EverybodyPush { Op = Opcodes.OfPush<ServerNotice>().Op, Body = said.ToByteString() });
        return new(
            Results.Json(new AnnounceBody(reply.Gateways), AdminJson.Default.AnnounceBody),
            $"by {reply.Gateways} gateways");
    }

    /// <summary>Empties a node, which goes on without new work until it is stopped or taken back.</summary>
    public async Task<AdminOrder> Drain(HttpContext http, bool undo)
    {
        if (await AccountJson.Read(http, AdminJson.Default.NodeRequest) is not { } request)
            return AccountProblem.InvalidRequest;
        if (nodes.Named(request.Node) is not { } node)
            return AccountProblem.NodeUnknown;
        return new AdminOrder(node.Name, "", async () =>
        {
            var reply = await calls.Call<DrainNodeReply>(
                node.Address, ControlReflection.Descriptor.Services[0], new DrainNodeRequest { Undo = undo },
                DrainTimeout);
            return new(
                Results.Json(new DrainBody(node.Name, (int)reply.Left), AdminJson.Default.DrainBody),
                $"{reply.Left} left");
        });
    }

    private static LoadBody Load(NodeInfo node) => new(node.Load.CpuPercent, node.Load.Items, node.Load.Queue);

    private static string Kind(NodeInfo node) => node.Address.Type switch
    {
        NodeTypes.Gateway => "gateway",
        NodeTypes.Silo => "silo",
        NodeTypes.Harbor => "harbor",
        var other => other.ToString(CultureInfo.InvariantCulture),
    };
}
