namespace GameBackend.Grains.Storage;

/// <summary>
/// The scripts of <see cref="RedisLogStore"/>. Keys: stream, message ids. Values: the number, the one before it, the
/// item, the message id, how many of those to keep. Numbers stay strings, because Lua's own are floating.
/// </summary>
internal static class RedisLogScripts
{
    // XINFO fails on a missing key. An absent first entry is false.
    private const string Bounds =
        """
        local function bounds()
          if redis.call('EXISTS', KEYS[1]) == 0 then return '0', '0' end
          local info, first, head = redis.call('XINFO', 'STREAM', KEYS[1]), '0', '0'
          for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then head = string.match(info[i + 1], '^%d+') end
            if info[i] == 'first-entry' and info[i + 1] then first = string.match(info[i + 1][1], '^%d+') end
          end
          return first, head
        end

        """;

    public const string Open = Bounds + "return {bounds()}";

    // XADD refuses every number that is not above the head: a stale writer. A number that leaves a hole is as wrong,
    // and is refused before it. A known message goes first, for the repeated append of one that got through is behind
    // the head.
    public const string Append = Bounds +
        """
        if ARGV[4] ~= '' then
          local seen = redis.call('ZSCORE', KEYS[2], ARGV[4])
          if seen then return {'existed', seen} end
        end
        local _, head = bounds()
        if head ~= ARGV[2] then return {'fenced', head} end
        redis.call('XADD', KEYS[1], ARGV[1] .. '-0', 'i', ARGV[3])
        if ARGV[4] ~= '' then
          redis.call('ZADD', KEYS[2], ARGV[1], ARGV[4])
          redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - ARGV[5])
        end
        return {'appended', ARGV[1]}
        """;

    public const string Replace = Bounds +
        """
        local _, head = bounds()
        if head == ARGV[1] then
          local kept = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 2)
          if #kept == 1 and kept[1][2][2] == ARGV[3] then return {'existed', ARGV[1]} end
        end
        if head ~= ARGV[2] then return {'fenced', head} end
        redis.call('XADD', KEYS[1], 'MAXLEN', '=', '1', ARGV[1] .. '-0', 'i', ARGV[3])
        return {'appended', ARGV[1]}
        """;
}
