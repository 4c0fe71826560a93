using Google.Protobuf;
using StackExchange.Redis;

namespace GameBackend.Nodes;

/// <summary>
/// Nodes of a cluster, over Redis. A node's lease is its entry in a sorted set, scored by when it last beat, by the
/// clock of Redis; whoever beats next takes out those that have run out. Packets go over publish/subscribe, a channel a
/// node: Redis says whether somebody listened. Durable messages stand in a stream an address.
/// </summary>
/// <param name="prefix">Keys of this cluster begin with it; other zones on the same Redis have others.</param>
internal sealed class RedisNodeNetwork(IConnectionMultiplexer redis, string prefix) : INodeNetwork
{
    /// <summary>
    /// KEYS: leases, records, addresses, heartbeat channel, names. ARGV: uuid, record, lease ms, address without a number
    /// or with, whether what the others need to know has changed, name with its zone (empty if there is none yet). The
    /// answer: address (0 if another living node has it, -1 if one has the name), time, then uuid, score, record of each.
    /// </summary>
    private const string BeatScript = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local changed = false
        for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])) do
            if dead ~= ARGV[1] then
                redis.call('ZREM', KEYS[1], dead)
                redis.call('HDEL', KEYS[2], dead)
                local names = redis.call('HGETALL', KEYS[5])
                for i = 1, #names, 2 do
                    if names[i + 1] == dead then redis.call('HDEL', KEYS[5], names[i]) end
                end
                changed = true
            end
        end
        local wanted = tonumber(ARGV[4])
        local function others(key, field)
            local holder = redis.call('HGET', key, field)
            return holder and holder ~= ARGV[1] and redis.call('ZSCORE', KEYS[1], holder)
        end
        local function taken(address) return others(KEYS[3], address) end
        if ARGV[6] ~= '' and others(KEYS[5], ARGV[6]) then return {-1, now} end
        if wanted % 4096 == 0 then
            local number = 1
            while number <= 4095 and taken(wanted + number) do number = number + 1 end
            if number > 4095 then return {0, now} end
            wanted = wanted + number
        elseif taken(wanted) then
            return {0, now}
        end
        redis.call('HSET', KEYS[3], wanted, ARGV[1])
        if ARGV[6] ~= '' then redis.call('HSET', KEYS[5], ARGV[6], ARGV[1]) end
        if redis.call('HGET', KEYS[2], ARGV[1]) == false or ARGV[5] == '1' then changed = true end
        redis.call('ZADD', KEYS[1], now, ARGV[1])
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
        if changed then redis.call('PUBLISH', KEYS[4], ARGV[1]) end
        local answer = {wanted, now}
        local leases = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
        for i = 1, #leases, 2 do
            answer[#answer + 1] = leases[i + 1]
            answer[#answer + 1] = redis.call('HGET', KEYS[2], leases[i])
        end
        return answer
        """;

    private const string LeaveScript = """
        redis.call('ZREM', KEYS[1], ARGV[1])
        redis.call('HDEL', KEYS[2], ARGV[1])
        if redis.call('HGET', KEYS[3], ARGV[2]) == ARGV[1] then redis.call('HDEL', KEYS[3], ARGV[2]) end
        if redis.call('HGET', KEYS[5], ARGV[3]) == ARGV[1] then redis.call('HDEL', KEYS[5], ARGV[3]) end
        return redis.call('PUBLISH', KEYS[4], ARGV[1])
        """;

    private readonly RedisKey[] _keys =
    [
        $"{prefix}:nodes", $"{prefix}:node-records", $"{prefix}:node-addresses", $"{prefix}:nodes-changed",
        $"{prefix}:node-names",
    ];

    private NodeRecord? _told;

    public async Task<Heartbeat> Beat(NodeRecord record, TimeSpan lease)
    {
        var changed = _told is null || !Plain(record).Equals(_told);
        RedisValue[] arguments =
        [
            Name(record), record.ToByteArray(), (long)lease.TotalMilliseconds, record.Address, changed ? "1" : "0",
            NameInZone(record),
        ];
        var answer = (RedisResult[])(await redis.GetDatabase().ScriptEvaluateAsync(BeatScript, _keys, arguments))!;
        if ((long)answer[0] < 0)
            return new Heartbeat(0, [], IsNameTaken: true);
        var address = (uint)(long)answer[0];
        var alive = new List<(NodeRecord, long)>();
        for (var i = 2; i + 1 < answer.Length; i += 2)
            alive.Add((Parse((byte[])answer[i + 1]!, address, record), (long)(double)answer[i]));
        _told = Plain(record);
        return new Heartbeat(address, alive);
    }

    public async Task Leave(NodeRecord record) =>
        await redis.GetDatabase().ScriptEvaluateAsync(LeaveScript, _keys, [Name(record), record.Address, NameInZone(record)]);

    public async Task Listen(Guid self, Action changed, Action<ReadOnlyMemory<byte>> packet)
    {
        (await Subscribe(RedisChannel.Literal($"{prefix}:nodes-changed"))).OnMessage(_ => changed());
        (await Subscribe(Channel(self))).OnMessage(message => packet((byte[])message.Message!));
    }

    /// <summary>The one subscription of a channel: an earlier one, that failed or did not, is given up.</summary>
    private Task<ChannelMessageQueue> Subscribe(RedisChannel channel)
    {
        var subscriber = redis.GetSubscriber();
        subscriber.Unsubscribe(channel, flags: CommandFlags.FireAndForget);
        return subscriber.SubscribeAsync(channel);
    }

    public async Task<bool> Send(Guid to, byte[] packet) =>
        await redis.GetSubscriber().PublishAsync(Channel(to), packet) > 0;

    public async Task Store(NodeAddress to, byte[] packet, int most) =>
        await redis.GetDatabase()
            .StreamAddAsync(Stream(to), "m", packet, maxLength: most, useApproximateMaxLength: false);

    public async Task<IReadOnlyList<(string Id, byte[] Packet)>> ReadStored(NodeAddress to, int most) =>
        [.. (await redis.GetDatabase().StreamRangeAsync(Stream(to), count: most))
            .Select(entry => (entry.Id.ToString(), (byte[])entry["m"]!))];

    public async Task DropStored(NodeAddress to, IEnumerable<string> ids) =>
        await redis.GetDatabase().StreamDeleteAsync(Stream(to), [.. ids.Select(id => (RedisValue)id)]);

    // Harbors of different zones meet in one network; each zone names its own.
    private static string NameInZone(NodeRecord record) =>
        record.Name.Length == 0 ? "" : $"{record.Address >> 20}:{record.Name}";

    private static string Name(NodeRecord record) => new Guid(record.Uuid.Span).ToString("N");

    // The record in Redis was written before the number was known.
    private static NodeRecord Parse(byte[] bytes, uint own, NodeRecord self)
    {
        var record = NodeRecord.Parser.ParseFrom(bytes);
        if (record.Uuid == self.Uuid)
            record.Address = own;
        return record;
    }

    // What does not change from one heartbeat to the next.
    private static NodeRecord Plain(NodeRecord record)
    {
        var plain = record.Clone();
        plain.Load = null;
        return plain;
    }

    private RedisChannel Channel(Guid node) => RedisChannel.Literal($"{prefix}:node:{node:N}");

    private RedisKey Stream(NodeAddress address) => $"{prefix}:node-mail:{address}";
}
