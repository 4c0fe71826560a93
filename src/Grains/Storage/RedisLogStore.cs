using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Logs as Redis streams. An item's id is <c>seq-0</c>, and Redis remembers the last id of a stream that was trimmed to
/// nothing, so the stream alone holds the head. The message ids sit beside it in a small sorted set, scored by number.
/// </summary>
/// <remarks>
/// A failure of Redis surfaces as the client's own exception. What is acknowledged is as durable as the server's
/// append-only settings make it. Numbers are exact up to 2^53.
/// </remarks>
public sealed class RedisLogStore(
    IConnectionMultiplexer redis, IOptions<ClusterOptions> cluster, IOptions<LogStoreOptions> options) : ILogStore
{
    private static readonly RedisValue ItemField = "i";

    private readonly IDatabase _database = redis.GetDatabase();
    private readonly string _prefix = $"{cluster.Value.ServiceId}:log:";
    private readonly RedisValue _messageIdsKept = options.Value.MessageIdsKept;

    public async Task<LogBounds> Open(string log)
    {
        var reply = await _database.ScriptEvaluateAsync(RedisLogScripts.Open, Keys(log)).ConfigureAwait(false);
        var (first, head) = ((ulong)reply[0], (ulong)reply[1]);
        return new LogBounds(first == 0 ? head + 1 : first, head);
    }

    public async Task<LogAppend> Append(string log, ulong seq, string messageId, ReadOnlyMemory<byte> item)
    {
        LogName.CheckMessage(messageId);
        ArgumentOutOfRangeException.ThrowIfZero(seq);
        RedisValue[] values = [Number(seq), Number(seq - 1), item, messageId, _messageIdsKept];
        return await Run(RedisLogScripts.Append, log, seq, values).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<LogEntry>> Read(string log, ulong fromSeq, int max)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        var entries = await _database.StreamRangeAsync(Keys(log)[0], Number(fromSeq), "+", max).ConfigureAwait(false);
        return Array.ConvertAll(entries, entry => new LogEntry(Seq(entry.Id), (byte[])entry[ItemField]!));
    }

    public Task Trim(string log, ulong throughSeq)
    {
        var minId = throughSeq == ulong.MaxValue ? throughSeq : throughSeq + 1;
        return _database.ExecuteAsync("XTRIM", Keys(log)[0], "MINID", "=", Number(minId));
    }

    public async Task<LogAppend> Replace(string log, ulong seq, ReadOnlyMemory<byte> item)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seq);
        RedisValue[] values = [Number(seq), Number(seq - 1), item];
        return await Run(RedisLogScripts.Replace, log, seq, values).ConfigureAwait(false);
    }

    public Task Delete(string log) => _database.KeyDeleteAsync(Keys(log));

    private async Task<LogAppend> Run(string script, string log, ulong seq, RedisValue[] values)
    {
        var reply = await _database.ScriptEvaluateAsync(script, Keys(log), values).ConfigureAwait(false);
        return (string?)reply[0] switch
        {
            "appended" => new LogAppend(seq, Existed: false),
            "existed" => new LogAppend((ulong)reply[1], Existed: true),
            _ => throw new LogFencedException(log, seq, (ulong)reply[1]),
        };
    }

    // The name is the hash tag of both keys, so that a script finds them in one slot of a Redis cluster.
    private RedisKey[] Keys(string log)
    {
        LogName.Check(log);
        var stream = $"{_prefix}{{{log}}}";
        return [stream, stream + ":ids"];
    }

    private static string Number(ulong seq) => seq.ToString(CultureInfo.InvariantCulture);

    private static ulong Seq(string? id) => ulong.Parse(id.AsSpan(0, id!.IndexOf('-')), CultureInfo.InvariantCulture);
}
