using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Nodes;

/// <summary>
/// Who is in the cluster. Look-ups are answered from memory, which follows the leases in Redis: who is killed is gone
/// from it within <see cref="NodeOptions.Lease"/> and a heartbeat, who stops or joins within moments. While Redis
/// cannot be reached, what was known last holds.
/// </summary>
public sealed partial class NodeDirectory : IAsyncDisposable
{
    private static readonly TimeSpan JoinWithin = TimeSpan.FromSeconds(10);

    private readonly NodeSelf _self;
    private readonly INodeNetwork _network;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeDirectory> _logger;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stop = new();
    private volatile Snapshot _now = Snapshot.Empty;
    private Task _beating = Task.CompletedTask;
    private bool _left;
    private bool _reachable = true;

    /// <summary>Why this node has no address; empty if it has one.</summary>
    private string _obstacle = "";

    internal NodeDirectory(
        NodeSelf self, INodeNetwork network, IOptions<NodeOptions> options, TimeProvider time,
        ILogger<NodeDirectory> logger)
    {
        (_self, _network, _options, _time, _logger) = (self, network, options.Value, time, logger);
        _self.Changed += () => _wake.Release();
    }

    /// <summary>
    /// Raised for each node that has joined, changed or left, this one among them, one after the other.
    /// </summary>
    public event Action<NodeChange> Changed = _ => { };

    /// <summary>This node. Not there before the host has begun to start.</summary>
    public NodeInfo Mine => _now.ByUuid.GetValueOrDefault(_self.Uuid)
        ?? throw new InvalidOperationException("This node has not joined yet.");

    public ImmutableArray<NodeInfo> All => _now.All;

    /// <summary>When Redis last answered, by this machine's clock.</summary>
    public DateTimeOffset LastBeat { get; private set; }

    /// <summary>Whether the last heartbeat was answered.</summary>
    public bool IsConnected => _reachable;

    public bool IsActive(Guid uuid) => _now.ByUuid.ContainsKey(uuid);

    public NodeInfo? Find(Guid uuid) => _now.ByUuid.GetValueOrDefault(uuid);

    public NodeInfo? Find(NodeAddress address) => _now.ByAddress.GetValueOrDefault(address);

    /// <summary>By what people call it, its address as it is written, or its id.</summary>
    public NodeInfo? Named(string name) => _now.All.FirstOrDefault(
        node => node.Name == name || node.Address.ToString() == name || node.Uuid.ToString("N") == name);

    public ImmutableArray<NodeInfo> OfType(int type) => [.. _now.All.Where(node => node.Address.Type == type)];

    public ImmutableArray<NodeInfo> WithRole(string role) => [.. _now.All.Where(node => node.Carries(role))];

    /// <summary>An available node of the type, any of them; null if there is none.</summary>
    public NodeInfo? RandomOf(int type)
    {
        var nodes = _now.All.Where(node => node.Available && node.Address.Type == type).ToArray();
        return nodes.Length == 0 ? null : nodes[Random.Shared.Next(nodes.Length)];
    }

    /// <summary>Nodes of other zones whose service can be called from here; those that take new work.</summary>
    /// <param name="service">By full name.</param>
    /// <param name="zone">The zone's number; null for all.</param>
    public ImmutableArray<NodeAddress> Exporting(string service, int? zone = null) =>
    [
        .. Abroad.Where(node => node.Available && node.Exports.Contains(service))
            .Select(node => NodeAddress.FromValue(node.Address))
            .Where(address => zone is null || address.Cluster == zone),
    ];

    /// <summary>Nodes of other zones that export anything, by address.</summary>
    public ImmutableArray<ReachedNode> Abroad =>
    [
        .. _now.All.Where(node => node.Available && node.Address.IsHarbor).SelectMany(harbor => harbor.Reach)
            .DistinctBy(node => node.Address).OrderBy(node => node.Address),
    ];

    /// <summary>
    /// The harbor of a zone by which two nodes talk; null if there is none. It is the same for both directions and for
    /// all messages, which therefore stay in order, and changes only when a harbor comes or goes that it is, or is to
    /// be.
    /// </summary>
    /// <param name="leaving">Also one that takes no new work, if there is no other: for answers.</param>
    internal NodeInfo? Harbor(int zone, NodeAddress one, NodeAddress other, bool leaving)
    {
        var harbors = _now.All.Where(node => node.Address.IsHarbor && node.Address.Cluster == zone).ToArray();
        return Array.FindAll(harbors, harbor => harbor.Available).MaxBy(Weight)
            ?? (leaving ? harbors.MaxBy(Weight) : null);

        // Each pair ranks the harbors in an order of its own.
        ulong Weight(NodeInfo harbor)
        {
            var pair = (ulong)Math.Min(one.Value, other.Value) << 32 | Math.Max(one.Value, other.Value);
            return Mix(Mix(pair) ^ harbor.Address.Value);
        }
    }

    internal event Action<ReadOnlyMemory<byte>> PacketCame = _ => { };

    /// <summary>Joins the others. When it ends they find this node, and this node them.</summary>
    /// <exception cref="NodeJoinException">
    /// The address or the name is another node's, or is not allowed; or the others cannot be reached.
    /// </exception>
    internal async Task Join(CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        while (await TryJoin() is { } obstacle)
        {
            // A process that was killed a moment ago still has its lease, and a connection may break at its beginning.
            if (_time.GetElapsedTime(begin) > JoinWithin + _options.Lease)
                throw obstacle;
            await Task.Delay(_options.Heartbeat, _time, cancellationToken);
        }

        LogJoined(Mine);
        _beating = BeatOn();
    }

    /// <summary>Null, or why not now.</summary>
    private async Task<NodeJoinException?> TryJoin()
    {
        try
        {
            await _network.Listen(_self.Uuid, () => _wake.Release(), packet => PacketCame(packet));
            return await Beat()
                ? null
                : new NodeJoinException(_obstacle);
        }
        catch (Exception e) when (e is not NodeJoinException)
        {
            return new NodeJoinException($"The other nodes cannot be reached: {e.Message}");
        }
    }

    /// <summary>Leaves. Calls that others still have under way here fail at once.</summary>
    internal async Task Leave()
    {
        if (_left)
            return;
        _left = true;
        await _stop.CancelAsync();
        await _beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _network.Leave(_self.Record());
        }
        catch (Exception e)
        {
            LogLeaveFailed(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Leave();
        _stop.Dispose();
        _wake.Dispose();
    }

    private async Task BeatOn()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(_options.Heartbeat, _stop.Token);
                while (_wake.CurrentCount > 0)
                    await _wake.WaitAsync(_stop.Token);
                if (!await Beat())
                    LogDisplaced(_obstacle);
                if (!_reachable)
                    LogReachable();
                _reachable = true;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (_reachable)
                    LogUnreachable(e);
                _reachable = false;
            }
        }
    }

    /// <summary>Whether this node has its address.</summary>
    private async Task<bool> Beat()
    {
        var record = _self.Measure();
        CheckAllowed(record);
        var beat = await _network.Beat(record, _options.Lease);
        LastBeat = _time.GetUtcNow();
        _obstacle = beat switch
        {
            { IsNameTaken: true } => $"The node name {record.Name} is in use by another process: set another Node:Name.",
            { Address: 0 } => $"The node address {Wanted(record)} is in use by another process.",
            _ => "",
        };
        if (_obstacle.Length > 0)
            return false;
        if (beat.Address != record.Address || record.Name.Length == 0)
        {
            _self.Take(NodeAddress.FromValue(beat.Address));
            // Once more, so that the others read it as it is.
            return await Beat();
        }

        Learn([.. beat.Alive.Where(node => node.Record.Name.Length > 0 && node.Record.Address % 4096 != 0)
            .Select(node => NodeInfo.From(node.Record, node.LastActiveMs))]);
        return true;
    }

    private void Learn(ImmutableArray<NodeInfo> alive)
    {
        var before = _now;
        var after = new Snapshot(
            [.. alive.OrderBy(node => node.Address.Value)],
            alive.ToImmutableDictionary(node => node.Uuid),
            alive.GroupBy(node => node.Address).ToImmutableDictionary(
                same => same.Key, same => same.MaxBy(node => node.StartedAtMs)!));
        _now = after;
        foreach (var node in before.All.Where(node => !after.ByUuid.ContainsKey(node.Uuid)))
            Tell(NodeChangeKind.Left, node);
        foreach (var node in after.All)
        {
            if (before.ByUuid.GetValueOrDefault(node.Uuid) is not { } known)
                Tell(NodeChangeKind.Joined, node);
            else if (node.DiffersFrom(known))
                Tell(NodeChangeKind.Changed, node);
        }
    }

    private void Tell(NodeChangeKind kind, NodeInfo node)
    {
        if (node.Uuid != _self.Uuid)
            LogChange(kind, node);
        foreach (var listener in Changed.GetInvocationList().Cast<Action<NodeChange>>())
        {
            try
            {
                listener(new NodeChange(kind, node));
            }
            catch (Exception e)
            {
                LogListenerFailed(e);
            }
        }
    }

    /// <summary>The finaliser of SplitMix64: each bit of the number has a say in each bit of the result.</summary>
    private static ulong Mix(ulong number)
    {
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
        return number ^ (number >> 31);
    }

    private void CheckAllowed(NodeRecord record)
    {
        if (_options.AllowedAddresses.Length == 0 || record.Address % 4096 == 0)
            return;
        var address = NodeAddress.FromValue(record.Address);
        if (!_options.AllowedAddresses.Any(text => NodeAddress.Parse(text) == address))
            throw new NodeJoinException($"The node address {address} is not among Node:AllowedAddresses.");
    }

    private static string Wanted(NodeRecord record) =>
        record.Address % 4096 == 0 ? "of any number" : NodeAddress.FromValue(record.Address).ToString();

    [LoggerMessage(Level = LogLevel.Information, Message = "This node is {Node}")]
    private partial void LogJoined(NodeInfo node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Change}: {Node}")]
    private partial void LogChange(NodeChangeKind change, NodeInfo node);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The node directory cannot reach Redis; what it knew last holds")]
    private partial void LogUnreachable(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The node directory has reached Redis again")]
    private partial void LogReachable();

    [LoggerMessage(Level = LogLevel.Error, Message = "This node has lost its place: {Why}")]
    private partial void LogDisplaced(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node could not say that it leaves; its lease runs out")]
    private partial void LogLeaveFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener to changes of the node directory has failed")]
    private partial void LogListenerFailed(Exception exception);

    private sealed record Snapshot(
        ImmutableArray<NodeInfo> All,
        ImmutableDictionary<Guid, NodeInfo> ByUuid,
        ImmutableDictionary<NodeAddress, NodeInfo> ByAddress)
    {
        public static readonly Snapshot Empty = new(
            [], ImmutableDictionary<Guid, NodeInfo>.Empty, ImmutableDictionary<NodeAddress, NodeInfo>.Empty);
    }
}

/// <summary>A process cannot be a node as it is configured. The message is for the person who started it.</summary>
public sealed class NodeJoinException(string message) : Exception(message);
