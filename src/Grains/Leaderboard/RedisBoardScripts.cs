namespace GameBackend.Grains.Leaderboard;

/// <summary>
/// The scripts of <see cref="RedisBoardStore"/>. Keys: scores by member, members by player, names by player, counted
/// submissions by player. Scores are whole, and so small that Lua's floating numbers have them exactly.
/// </summary>
internal static class RedisBoardScripts
{
    // Values: player, submission, score, operator, limit of places, name, limit of scores, how many submissions to
    // keep.
    public const string Submit =
        """
        local scores, places, names, counted = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
        local player, id, after = ARGV[1], ARGV[2], tonumber(ARGV[3])
        local known = {}
        for each in string.gmatch(redis.call('HGET', counted, player) or '', '%S+') do
          if each == id then return 0 end
          known[#known + 1] = each
        end
        known[#known + 1] = id
        while #known > tonumber(ARGV[8]) do table.remove(known, 1) end
        redis.call('HSET', counted, player, table.concat(known, ' '))
        redis.call('HSET', names, player, ARGV[6])

        local place, before = redis.call('HGET', places, player), nil
        if place then
          before = tonumber(redis.call('ZSCORE', scores, place))
          local limit = tonumber(ARGV[7])
          if ARGV[4] == 'Best' then after = math.max(before, after) end
          if ARGV[4] == 'Increment' then after = math.max(-limit, math.min(limit, before + after)) end
        end
        if before ~= after then
          if place then redis.call('ZREM', scores, place) end
          local falling = 9007199254740991 - redis.call('HINCRBY', places, 'changes', 1)
          place = string.format('%016.0f', falling) .. ':' .. player
          redis.call('ZADD', scores, string.format('%.0f', after), place)
          redis.call('HSET', places, player, place)
        end

        local surplus = redis.call('ZCARD', scores) - tonumber(ARGV[5])
        if surplus > 0 then
          for _, worst in ipairs(redis.call('ZRANGE', scores, 0, surplus - 1)) do
            local gone = string.sub(worst, 18)
            redis.call('ZREM', scores, worst)
            redis.call('HDEL', places, gone)
            redis.call('HDEL', names, gone)
            redis.call('HDEL', counted, gone)
          end
        end
        return 1
        """;

    // Values: the first and the last rank, from 0.
    public const string Read =
        """
        local found = redis.call('ZREVRANGE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')
        local rows = {redis.call('ZCARD', KEYS[1])}
        for i = 1, #found, 2 do
          local player = string.sub(found[i], 18)
          rows[#rows + 1] = tonumber(ARGV[1]) + (i - 1) / 2
          rows[#rows + 1] = player
          rows[#rows + 1] = redis.call('HGET', KEYS[3], player) or ''
          rows[#rows + 1] = string.format('%.0f', tonumber(found[i + 1]))
        end
        return rows
        """;

    // Values: players.
    public const string Find =
        """
        local rows = {}
        for _, player in ipairs(ARGV) do
          local place = redis.call('HGET', KEYS[2], player)
          if place then
            rows[#rows + 1] = redis.call('ZREVRANK', KEYS[1], place)
            rows[#rows + 1] = player
            rows[#rows + 1] = redis.call('HGET', KEYS[3], player) or ''
            rows[#rows + 1] = string.format('%.0f', tonumber(redis.call('ZSCORE', KEYS[1], place)))
          end
        end
        return rows
        """;
}
