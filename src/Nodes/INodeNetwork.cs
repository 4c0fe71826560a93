namespace GameBackend.Nodes;

/// <summary>
/// What carries nodes' heartbeats and packets: Redis in a cluster, nothing at all in a single process.
/// </summary>
internal interface INodeNetwork
{
    /// <summary>Says that a node is alive, and asks who is.</summary>
    /// <param name="record">With a number of 0 in its address, the lowest that is free is taken.</param>
    Task<Heartbeat> Beat(NodeRecord record, TimeSpan lease);

    /// <summary>Takes a node out at once.</summary>
    Task Leave(NodeRecord record);

    /// <summary>
    /// Calls back when somebody has joined, changed or left, and for each packet to this node, in order.
    /// Made again, it takes the place of the one before.
    /// </summary>
    Task Listen(Guid self, Action changed, Action<ReadOnlyMemory<byte>> packet);

    /// <summary>Whether the node was there to take it.</summary>
    Task<bool> Send(Guid to, byte[] packet);

    /// <summary>Keeps a message for whoever has the address, now or later.</summary>
    Task Store(NodeAddress to, byte[] packet, int most);

    /// <summary>Durable messages that wait for an address, oldest first, with their ids.</summary>
    Task<IReadOnlyList<(string Id, byte[] Packet)>> ReadStored(NodeAddress to, int most);

    /// <summary>Drops what has been handled.</summary>
    Task DropStored(NodeAddress to, IEnumerable<string> ids);
}

/// <param name="Address">The node's own, as it is taken; 0 if another living node has it.</param>
/// <param name="Alive">All nodes, with when they were last heard of.</param>
/// <param name="IsNameTaken">Whether another living node of the zone has the node's name; it has no address then.</param>
internal sealed record Heartbeat(
    uint Address, IReadOnlyList<(NodeRecord Record, long LastActiveMs)> Alive, bool IsNameTaken = false);
