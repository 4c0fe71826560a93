namespace GameBackend.Grains.Storage;

/// <summary>The logs of the embedded store. <see cref="ILogStore"/> says what each call does.</summary>
public sealed partial class EmbeddedStore
{
    public Task<LogBounds> OpenLog(string name) => ReadLog(name, static log => log.Bounds, new LogBounds(1, 0));

    public Task<LogEntry[]> ReadLog(string name, ulong fromSeq, int max) =>
        ReadLog(name, log => log.Read(fromSeq, max), []);

    public async Task<LogAppend> AppendToLog(string name, ulong seq, string messageId, ReadOnlyMemory<byte> item)
    {
        var (id, body, known) = (MessageDigest.Of(messageId), Owned(item), 0UL);
        await Change(() =>
        {
            var log = _tables.Log(name);
            if (log is not null && log.TryFind(id, out known))
                return null;
            CheckSeq(name, log, seq);
            return Record(EmbeddedRecordKind.Append, name, seq: seq, id: id, body: body);
        }).ConfigureAwait(false);
        return known == 0 ? new LogAppend(seq, Existed: false) : new LogAppend(known, Existed: true);
    }

    public async Task<LogAppend> ReplaceLog(string name, ulong seq, ReadOnlyMemory<byte> item)
    {
        var body = Owned(item);
        var version = await Change(() =>
        {
            var log = _tables.Log(name);
            if (log is not null && log.IsJust(seq, body))
                return null;
            CheckSeq(name, log, seq);
            return Record(EmbeddedRecordKind.Replace, name, seq: seq, body: body);
        }).ConfigureAwait(false);
        return new LogAppend(seq, Existed: version == 0);
    }

    public Task TrimLog(string name, ulong throughSeq) => Change(() =>
        _tables.Log(name) is { } log && log.First <= Math.Min(throughSeq, log.Head)
            ? Record(EmbeddedRecordKind.Trim, name, seq: Math.Min(throughSeq, log.Head))
            : null);

    public Task DeleteLog(string name) => Change(() =>
        _tables.Log(name) is null ? null : Record(EmbeddedRecordKind.DeleteLog, name));

    private async Task<T> ReadLog<T>(string name, Func<EmbeddedLog, T> read, T absent)
    {
        T result;
        ulong version;
        lock (_gate)
        {
            var log = _tables.Log(name);
            result = log is null ? absent : read(log);
            version = log?.Version ?? _tables.Version;
        }

        await _committer.WhenDurable(version).ConfigureAwait(false);
        return result;
    }

    private static void CheckSeq(string name, EmbeddedLog? log, ulong seq)
    {
        var head = log?.Head ?? 0;
        if (seq != head + 1)
            throw new LogFencedException(name, seq, head);
    }
}
