using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Nodes;

/// <summary>
/// Leads packets from the nodes of its zone to the harbors of others, and from those to the nodes of its zone: never
/// from zone to zone and never from harbor to a third harbor, so that nothing goes round. Packets from one node to
/// another keep their order while the harbors are the same: they are passed on as they come, without waiting for the
/// one before.
/// </summary>
public sealed partial class HarborRelay : IHostedLifecycleService
{
    private const string ZoneKey = "harbor.zone";
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(Guid Sender, ulong Id), UnderWay> _underWay = [];
    private readonly HarborSide _zone;
    private readonly HarborSide _sea;
    private readonly string _name;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<HarborRelay> _logger;
    private ITimer? _sweeping;

    /// <param name="sea">The network in which the harbors of all zones are the nodes.</param>
    /// <param name="name">What no other zone has: two zones may not have the same number.</param>
    internal HarborRelay(
        HarborSide zone, HarborSide sea, string name, IOptions<NodeOptions> options, TimeProvider time,
        ILogger<HarborRelay> logger)
    {
        (_zone, _sea, _name, _options, _time, _logger) = (zone, sea, name, options.Value, time, logger);
        _zone.Bus.PacketCame += GoOut;
        _sea.Bus.PacketCame += ComeIn;
        _zone.Directory.Changed += change => Follow(change, ShowZone);
        _sea.Directory.Changed += change => Follow(change, ShowSea);
    }

    /// <summary>Calls and messages that have passed and are not answered.</summary>
    public int Waiting => _underWay.Count;

    /// <summary>Harbors of all zones, this one among them.</summary>
    internal int Peers => _sea.Directory.All.Length;

    private int Zone => _zone.Directory.Mine.Address.Cluster;

    /// <summary>
    /// Takes nothing new, here and for other zones, or does so again. What is under way is still passed on.
    /// </summary>
    public void SetAvailable(bool available) => _zone.Self.Available = _sea.Self.Available = available;

    /// <summary>Joins the other harbors, under the address that it has in its zone.</summary>
    /// <exception cref="NodeJoinException">Another zone has this zone's number.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _sea.Self.Take(_zone.Directory.Mine.Address);
        _sea.Self.SetMetadata(ZoneKey, _name);
        await _sea.Directory.Join(cancellationToken);
        var stranger = _sea.Directory.All.FirstOrDefault(
            harbor => harbor.Address.Cluster == Zone && harbor.Metadata.GetValueOrDefault(ZoneKey) != _name);
        if (stranger is not null)
        {
            await _sea.Directory.Leave();
            throw new NodeJoinException(
                $"There are two zones {Zone}: '{_name}' and '{stranger.Metadata.GetValueOrDefault(ZoneKey)}'. Each needs a Node:Cluster of its own.");
        }

        ShowZone();
        ShowSea();
        _sweeping = _time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        SetAvailable(false);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for answers to what is under way, for a while, and leaves.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        while (!_underWay.IsEmpty && _time.GetElapsedTime(begin) < _options.StopWithin)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellationToken);
        if (_sweeping is not null)
            await _sweeping.DisposeAsync();
        await _sea.Directory.Leave();
    }

    private static NodeAddress From(NodePacket packet) => NodeAddress.FromValue(packet.FromAddress);

    private static NodeAddress To(NodePacket packet) => NodeAddress.FromValue(packet.ToAddress);

    private static NodeSender Sender(NodePacket packet) => new(new Guid(packet.From.Span), From(packet));

    /// <summary>Whether a node lets this in. A message needs an exported service in its package.</summary>
    private static bool Admits(NodeInfo node, NodePacket packet) => packet.WhatCase switch
    {
        NodePacket.WhatOneofCase.Call => node.Exports.Contains(packet.Call.Method.Split('/')[0]),
        NodePacket.WhatOneofCase.Push => PackageOf(packet.Push.Type) is { Length: > 0 } package
            && node.Exports.Any(service => PackageOf(service) == package),
        _ => true,
    };

    private static string PackageOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    private static ulong IdOf(NodePacket packet) => packet.WhatCase switch
    {
        NodePacket.WhatOneofCase.Call => packet.Call.Id,
        NodePacket.WhatOneofCase.Push => packet.Push.Id,
        NodePacket.WhatOneofCase.Cancel => packet.Cancel.Id,
        NodePacket.WhatOneofCase.Answer => packet.Answer.Id,
        _ => 0,
    };

    /// <summary>From a node of this zone to a harbor of another.</summary>
    private void GoOut(NodePacket packet)
    {
        var (from, to) = (From(packet), To(packet));
        // What is for this harbor itself is handled elsewhere.
        if (to.Cluster == Zone || from.Cluster != Zone)
            return;
        var hop = HopOf(packet, _sea) ?? _sea.Directory.Harbor(
            to.Cluster, from, to, packet.WhatCase == NodePacket.WhatOneofCase.Answer);
        if (hop is null)
            Refuse(packet, NodeError.NoRoute, $"No harbor leads to zone {to.Cluster}.");
        else
            _ = Pass(packet, hop, _sea, confirms: false);
    }

    /// <summary>From a harbor of another zone to a node of this one.</summary>
    private void ComeIn(NodePacket packet)
    {
        if (To(packet).Cluster != Zone || From(packet).Cluster == Zone)
        {
            LogStray(From(packet), To(packet));
            return;
        }

        var node = HopOf(packet, _zone) ?? (packet.To.IsEmpty
            ? _zone.Directory.Find(To(packet))
            : _zone.Directory.Find(new Guid(packet.To.Span)));
        // In the same words, whether it is not there or is not to be seen.
        if (node is null || !Admits(node, packet))
            Refuse(packet, NodeError.NoRoute, $"Zone {Zone} has nothing at {To(packet)} that takes this.");
        else
            _ = Pass(packet, node, _zone, confirms: true);
    }

    /// <summary>A cancel goes the way of its call.</summary>
    private NodeInfo? HopOf(NodePacket packet, HarborSide side) =>
        packet.WhatCase == NodePacket.WhatOneofCase.Cancel
        && _underWay.TryGetValue((Sender(packet).Uuid, packet.Cancel.Id), out var call)
            ? side.Directory.Find(call.Hop)
            : null;

    /// <param name="confirms">Whether to tell the sender of a message that it has arrived.</param>
    private async Task Pass(NodePacket packet, NodeInfo hop, HarborSide side, bool confirms)
    {
        if (!Track(packet, hop, confirms))
        {
            Refuse(packet, NodeError.NoRoute, $"{_options.MaxCalls} calls are under way by this harbor already.");
            return;
        }

        try
        {
            // Nothing may be awaited before the packet is on its way.
            if (!await side.Bus.Reach(hop.Uuid, packet.ToByteArray()) || !side.Directory.IsActive(hop.Uuid))
                Refuse(packet, NodeError.NodeGone, $"The node {hop.Address} has gone.");
            else if (confirms && packet.Push is { Id: not 0 })
                Answer(packet, NodeError.Ok, "");
        }
        catch (NodeException e)
        {
            Refuse(packet, e.Error, e.Message);
        }
    }

    /// <summary>Notes what is to be answered, so that it is, whoever dies.</summary>
    /// <returns>False if too much is noted already.</returns>
    private bool Track(NodePacket packet, NodeInfo hop, bool confirms)
    {
        switch (packet.WhatCase)
        {
            case NodePacket.WhatOneofCase.Answer:
                _underWay.TryRemove((new Guid(packet.To.Span), packet.Answer.Id), out _);
                return true;
            case NodePacket.WhatOneofCase.Call:
            case NodePacket.WhatOneofCase.Push when packet.Push.Id != 0 && !confirms:
                if (_underWay.Count >= _options.MaxCalls)
                    return false;
                var within = packet.Call is { } call
                    ? TimeSpan.FromMilliseconds(Math.Min(call.TimeoutMs, LongestCall.TotalMilliseconds))
                    : NodeCalls.DefaultTimeout;
                _underWay[(Sender(packet).Uuid, IdOf(packet))] =
                    new UnderWay(Stub(packet), hop.Uuid, _time.GetTimestamp(), within);
                return true;
            default:
                return true;
        }
    }

    private static NodePacket Stub(NodePacket packet) => new()
    {
        From = packet.From,
        FromAddress = packet.FromAddress,
        To = packet.To,
        ToAddress = packet.ToAddress,
        Call = new NodeCall { Id = IdOf(packet) },
    };

    private void Refuse(NodePacket packet, NodeError error, string why)
    {
        // An answer to an answer would have nobody to go to.
        if (packet.WhatCase == NodePacket.WhatOneofCase.Answer)
            LogLost(From(packet), To(packet), why);
        else if (packet.WhatCase != NodePacket.WhatOneofCase.Cancel && IdOf(packet) != 0)
            Answer(packet, error, why);
    }

    /// <summary>Answers in the place of whom the packet is for.</summary>
    private void Answer(NodePacket packet, NodeError error, string why)
    {
        _underWay.TryRemove((Sender(packet).Uuid, IdOf(packet)), out _);
        var answer = new NodePacket
        {
            From = ByteString.CopyFrom(_zone.Self.Uuid.ToByteArray()),
            FromAddress = packet.ToAddress,
            To = packet.From,
            ToAddress = packet.FromAddress,
            Answer = new NodeAnswer { Id = IdOf(packet), Error = error, Detail = why },
        };
        var isHere = To(answer).Cluster == Zone;
        var hop = isHere
            ? _zone.Directory.Find(new Guid(answer.To.Span))
            : _sea.Directory.Harbor(To(answer).Cluster, From(answer), To(answer), leaving: true);
        if (hop is null)
            LogLost(From(answer), To(answer), "It has gone, or its harbors have.");
        else
            _ = Pass(answer, hop, isHere ? _zone : _sea, confirms: false);
    }

    private void Follow(NodeChange change, Action show)
    {
        show();
        if (change.Kind != NodeChangeKind.Left)
            return;
        foreach (var each in _underWay.Values.Where(each => each.Hop == change.Node.Uuid))
            Answer(each.Packet, NodeError.NodeGone, $"The node {change.Node.Address} has gone.");
    }

    /// <summary>Tells the other harbors what the nodes of this zone export.</summary>
    private void ShowZone() => _sea.Self.Reaches(
    [
        .. _zone.Directory.All.Where(node => node.Exports.Count > 0).Select(node => new ReachedNode
        {
            Address = node.Address.Value,
            Available = node.Available,
            Exports = { node.Exports.Order(StringComparer.Ordinal) },
        }),
    ]);

    /// <summary>Tells the nodes of this zone what those of others export.</summary>
    private void ShowSea() => _zone.Self.Reaches(
    [
        .. _sea.Directory.All.Where(harbor => harbor.Available && harbor.Address.Cluster != Zone)
            .SelectMany(harbor => harbor.Reach)
            .DistinctBy(node => node.Address)
            .OrderBy(node => node.Address),
    ]);

    /// <summary>Forgets calls whose time is over, by which their callers have given up.</summary>
    private void Sweep()
    {
        foreach (var (key, each) in _underWay)
        {
            if (_time.GetElapsedTime(each.Since) > each.Within)
                _underWay.TryRemove(key, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A packet from {From} to {To} has no business at this harbor")]
    private partial void LogStray(NodeAddress from, NodeAddress to);

    [LoggerMessage(Level = LogLevel.Information, Message = "An answer from {From} to {To} is lost: {Why}")]
    private partial void LogLost(NodeAddress from, NodeAddress to, string why);

    /// <param name="Packet">From whom to whom, and the id: what an answer needs.</param>
    private sealed record UnderWay(NodePacket Packet, Guid Hop, long Since, TimeSpan Within);
}

/// <summary>A harbor as a node of one network: its zone's, or that of the harbors.</summary>
internal sealed record HarborSide(NodeSelf Self, NodeDirectory Directory, NodeBus Bus);
