namespace GameBackend.Nodes;

/// <summary>A process that is alone: it hears itself. Durable messages live as long as the process.</summary>
internal sealed class LocalNodeNetwork(TimeProvider time) : INodeNetwork
{
    private readonly Lock _gate = new();
    private readonly List<(string Id, byte[] Packet)> _stored = [];
    private Guid _self;
    private Action<ReadOnlyMemory<byte>> _packet = _ => { };
    private long _ids;

    public Task<Heartbeat> Beat(NodeRecord record, TimeSpan lease)
    {
        var alive = record.Clone();
        if ((alive.Address & NodeAddress.MaxNumber) == 0)
            alive.Address |= 1;
        return Task.FromResult(new Heartbeat(alive.Address, [(alive, time.GetUtcNow().ToUnixTimeMilliseconds())]));
    }

    public Task Leave(NodeRecord record) => Task.CompletedTask;

    public Task Listen(Guid self, Action changed, Action<ReadOnlyMemory<byte>> packet)
    {
        (_self, _packet) = (self, packet);
        return Task.CompletedTask;
    }

    public Task<bool> Send(Guid to, byte[] packet)
    {
        if (to != _self)
            return Task.FromResult(false);
        _packet(packet);
        return Task.FromResult(true);
    }

    public Task Store(NodeAddress to, byte[] packet, int most)
    {
        lock (_gate)
        {
            _stored.Add(($"{++_ids}", packet));
            if (_stored.Count > most)
                _stored.RemoveAt(0);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<(string Id, byte[] Packet)>> ReadStored(NodeAddress to, int most)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<(string Id, byte[] Packet)>>([.. _stored.Take(most)]);
    }

    public Task DropStored(NodeAddress to, IEnumerable<string> ids)
    {
        lock (_gate)
            _stored.RemoveAll(item => ids.Contains(item.Id));
        return Task.CompletedTask;
    }
}
