using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Nodes;

/// <summary>
/// Messages between nodes: to one, to any of a type, to all of a type, to all. Messages from one node to another arrive
/// in the order in which they were sent; each once at the most. Handlers are started in that order and not waited for.
/// </summary>
public sealed partial class NodeBus : IDisposable
{
    private readonly Dictionary<string, Func<NodeSender, ByteString, Task>> _handlers = [];
    private readonly SemaphoreSlim _reading = new(1);
    private readonly NodeDirectory _directory;
    private readonly NodeSelf _self;
    private readonly ByteString _from;
    private readonly INodeNetwork _network;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeBus> _logger;

    internal NodeBus(
        NodeDirectory directory, NodeSelf self, INodeNetwork network, IOptions<NodeOptions> options, TimeProvider time,
        ILogger<NodeBus> logger)
    {
        (_directory, _self, _network, _options, _time, _logger) =
            (directory, self, network, options.Value, time, logger);
        _from = ByteString.CopyFrom(self.Uuid.ToByteArray());
        _directory.PacketCame += Take;
        _directory.Changed += change =>
        {
            if (change.Kind == NodeChangeKind.Left)
                Answers.Fail(change.Node);
        };
    }

    /// <summary>What this node waits for.</summary>
    internal PendingAnswers Answers { get; } = new();

    internal event Action<NodePacket> PacketCame = _ => { };

    /// <summary>Handles messages of a type. To be called before the host starts; one handler a type.</summary>
    public void On<TMessage>(Func<NodeSender, TMessage, Task> handler)
        where TMessage : IMessage<TMessage>, new()
    {
        var parser = new MessageParser<TMessage>(() => new TMessage());
        _handlers.Add(parser.ParseFrom([]).Descriptor.FullName, (sender, body) => Run(handler, sender, parser, body));
    }

    /// <summary>
    /// To a node of this zone, or of another that exports a service of the message's package. Messages to another zone
    /// that are not awaited one by one may overtake each other in the moment in which a harbor comes or goes.
    /// </summary>
    /// <exception cref="NodeException">
    /// NODE_GONE, NO_ROUTE or TOO_LARGE: it has not been delivered. To another zone also TIMEOUT: that is not known.
    /// </exception>
    public Task Push(NodeAddress to, IMessage message) =>
        to.Cluster == _directory.Mine.Address.Cluster ? Send(to, null, Packet(message)) : PushAbroad(to, message);

    /// <inheritdoc cref="Push(NodeAddress, IMessage)"/>
    /// <param name="to">This run of a node, and no later one.</param>
    public Task Push(Guid to, IMessage message)
    {
        var node = _directory.Find(to) ?? throw Gone($"{to:N}");
        return Send(node.Address, to, Packet(message));
    }

    /// <summary>To an available node of the type, any of them.</summary>
    /// <exception cref="NodeException">NO_ROUTE if there is none; NODE_GONE or TOO_LARGE.</exception>
    public Task PushToRandom(int type, IMessage message) => Send(
        (_directory.RandomOf(type) ?? throw NoneOf(type)).Address, null, Packet(message));

    /// <summary>To all nodes of a type, available or not. Who goes meanwhile is left out.</summary>
    /// <returns>To how many it went.</returns>
    public Task<int> PushToType(int type, IMessage message, bool includeSelf = false) =>
        PushTo(_directory.OfType(type), message, includeSelf);

    /// <inheritdoc cref="PushToType"/>
    public Task<int> PushToAll(IMessage message, bool includeSelf = false) =>
        PushTo(_directory.All, message, includeSelf);

    /// <summary>
    /// Leaves a message for an address of this cluster, whether a node has it now or not. It is stored when the task
    /// ends, and handled once, in order, by the run of the node there is then; again only if that is killed while
    /// handling it.
    /// </summary>
    /// <exception cref="NodeException">NO_ROUTE: the address is another cluster's.</exception>
    public async Task PushDurable(NodeAddress to, IMessage message)
    {
        if (to.Cluster != _directory.Mine.Address.Cluster)
            throw new NodeException(NodeError.NoRoute, $"What is left for {to} has to be left in its own zone.");
        var packet = Packet(message);
        Address(packet, to, null);
        await _network.Store(to, Encode(packet), _options.MaxDurable);
        if (_directory.Find(to) is { } node)
            await _network.Send(node.Uuid, Encode(Address(new NodePacket { Push = new NodePush() }, to, null)));
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>Sends a packet on its way; in another cluster, by way of a harbor.</summary>
    /// <exception cref="NodeException">NODE_GONE, NO_ROUTE or TOO_LARGE.</exception>
    /// <returns>The node it went to first.</returns>
    internal async Task<Guid> Send(NodeAddress to, Guid? run, NodePacket packet)
    {
        var bytes = Encode(Address(packet, to, run));
        var hop = to.Cluster == _directory.Mine.Address.Cluster
            ? run is { } uuid ? _directory.Find(uuid) : _directory.Find(to)
            : _directory.Harbor(
                _directory.Mine.Address.Cluster, _directory.Mine.Address, to,
                packet.WhatCase is NodePacket.WhatOneofCase.Answer or NodePacket.WhatOneofCase.Cancel)
            ?? throw new NodeException(NodeError.NoRoute, $"No harbor leads from here to {to}.");
        if (hop is null || !await Reach(hop.Uuid, bytes))
            throw Gone(to.ToString());
        return hop.Uuid;
    }

    /// <summary>Hands a packet to a node of this cluster as it is.</summary>
    internal async Task<bool> Reach(Guid node, byte[] packet)
    {
        try
        {
            return await _network.Send(node, packet);
        }
        catch (Exception e) when (e is not NodeException)
        {
            throw new NodeException(NodeError.NoRoute, $"Redis does not carry messages: {e.Message}", e);
        }
    }

    internal byte[] Encode(NodePacket packet) => packet.CalculateSize() is var size && size <= _options.MaxMessageBytes
        ? packet.ToByteArray()
        : throw new NodeException(
            NodeError.TooLarge, $"The message has {size} bytes, and may have {_options.MaxMessageBytes}.");

    private static NodePacket Packet(IMessage message) =>
        new() { Push = new NodePush { Type = message.Descriptor.FullName, Body = message.ToByteString() } };

    private static NodeException Gone(string node) => new(NodeError.NodeGone, $"There is no node {node}.");

    private static NodeException NoneOf(int type) =>
        new(NodeError.NoRoute, $"No available node is of type {type}.");

    private NodePacket Address(NodePacket packet, NodeAddress to, Guid? run)
    {
        packet.From = _from;
        packet.FromAddress = _directory.Mine.Address.Value;
        packet.ToAddress = to.Value;
        if (run is { } uuid)
            packet.To = ByteString.CopyFrom(uuid.ToByteArray());
        return packet;
    }

    /// <summary>The harbors at both ends say whether it got there.</summary>
    private async Task PushAbroad(NodeAddress to, IMessage message)
    {
        var pending = Answers.Begin();
        try
        {
            var packet = Packet(message);
            packet.Push.Id = pending.Id;
            pending.Hop = await Send(to, null, packet);
            if (!_directory.IsActive(pending.Hop))
                throw Gone(to.ToString());
            await pending.Answer.WaitAsync(NodeCalls.DefaultTimeout, _time);
        }
        catch (TimeoutException e)
        {
            throw new NodeException(NodeError.Timeout, $"It is not known whether {to} has got the message.", e);
        }
        finally
        {
            Answers.End(pending);
        }
    }

    private async Task<int> PushTo(IEnumerable<NodeInfo> nodes, IMessage message, bool includeSelf)
    {
        var sends = nodes.Where(node => includeSelf || node.Uuid != _self.Uuid).Select(async node =>
        {
            try
            {
                await Send(node.Address, node.Uuid, Packet(message));
                return 1;
            }
            catch (NodeException e) when (e.Error == NodeError.NodeGone)
            {
                return 0;
            }
        });
        return (await Task.WhenAll(sends)).Sum();
    }

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        NodePacket packet;
        try
        {
            packet = NodePacket.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            LogBroken(e);
            return;
        }

        var isMine = packet.ToAddress == _directory.Mine.Address.Value;
        if (isMine && packet.WhatCase == NodePacket.WhatOneofCase.Push)
            Handle(packet);
        else if (isMine && packet.WhatCase == NodePacket.WhatOneofCase.Answer)
            Answers.Take(packet.Answer);
        else
            PacketCame(packet);
    }

    private void Handle(NodePacket packet)
    {
        if (packet.Push.Type.Length == 0)
            _ = ReadStored();
        else
            _ = HandlePush(packet);
    }

    private Task HandlePush(NodePacket packet)
    {
        if (_handlers.TryGetValue(packet.Push.Type, out var handler))
            return handler(Sender(packet), packet.Push.Body);
        LogUnknown(packet.Push.Type, Sender(packet).Address);
        return Task.CompletedTask;
    }

    /// <summary>Takes what was left for this address while it was away, or now.</summary>
    internal async Task ReadStored()
    {
        await _reading.WaitAsync();
        try
        {
            var self = _directory.Mine.Address;
            while (await _network.ReadStored(self, 100) is { Count: > 0 } stored)
            {
                foreach (var (id, bytes) in stored)
                {
                    await HandlePush(NodePacket.Parser.ParseFrom(bytes));
                    await _network.DropStored(self, [id]);
                }
            }
        }
        catch (Exception e)
        {
            LogStoredFailed(e);
        }
        finally
        {
            _reading.Release();
        }
    }

    private static NodeSender Sender(NodePacket packet) =>
        new(new Guid(packet.From.Span), NodeAddress.FromValue(packet.FromAddress));

    private async Task Run<TMessage>(
        Func<NodeSender, TMessage, Task> handler, NodeSender sender, MessageParser<TMessage> parser, ByteString body)
        where TMessage : IMessage<TMessage>
    {
        try
        {
            await handler(sender, parser.ParseFrom(body));
        }
        catch (Exception e)
        {
            LogHandlerFailed(e, typeof(TMessage).Name, sender.Address);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message between nodes cannot be read")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody here handles {Type}, sent by node {Sender}")]
    private partial void LogUnknown(string type, NodeAddress sender);

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of {Type} from node {Sender} has failed")]
    private partial void LogHandlerFailed(Exception exception, string type, NodeAddress sender);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Messages that were left for this node cannot be read now")]
    private partial void LogStoredFailed(Exception exception);
}

/// <summary>Who has sent a message: a run of a node, and its address.</summary>
public readonly record struct NodeSender(Guid Uuid, NodeAddress Address);
