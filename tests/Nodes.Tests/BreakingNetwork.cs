namespace GameBackend.Nodes.Tests;

/// <summary>Its connection is lost in the first heartbeats, before they arrive.</summary>
internal sealed class BreakingNetwork(INodeNetwork network) : INodeNetwork
{
    private int _left = 3;

    public Task<Heartbeat> Beat(NodeRecord record, TimeSpan lease) => _left-- > 0
        ? Task.FromException<Heartbeat>(new TaskCanceledException("The connection is lost."))
        : network.Beat(record, lease);

    public Task Leave(NodeRecord record) => network.Leave(record);

    public Task Listen(Guid self, Action changed, Action<ReadOnlyMemory<byte>> packet) =>
        network.Listen(self, changed, packet);

    public Task<bool> Send(Guid to, byte[] packet) => network.Send(to, packet);

    public Task Store(NodeAddress to, byte[] packet, int most) => network.Store(to, packet, most);

    public Task<IReadOnlyList<(string Id, byte[] Packet)>> ReadStored(NodeAddress to, int most) =>
        network.ReadStored(to, most);

    public Task DropStored(NodeAddress to, IEnumerable<string> ids) => network.DropStored(to, ids);
}
