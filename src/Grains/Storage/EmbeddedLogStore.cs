namespace GameBackend.Grains.Storage;

/// <summary>Logs in the embedded store.</summary>
public sealed class EmbeddedLogStore(EmbeddedStore store) : ILogStore
{
    public Task<LogBounds> Open(string log)
    {
        LogName.Check(log);
        return store.OpenLog(log);
    }

    public Task<LogAppend> Append(string log, ulong seq, string messageId, ReadOnlyMemory<byte> item)
    {
        LogName.Check(log);
        LogName.CheckMessage(messageId);
        ArgumentOutOfRangeException.ThrowIfZero(seq);
        return store.AppendToLog(log, seq, messageId, item);
    }

    public async Task<IReadOnlyList<LogEntry>> Read(string log, ulong fromSeq, int max)
    {
        LogName.Check(log);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return await store.ReadLog(log, fromSeq, max).ConfigureAwait(false);
    }

    public Task Trim(string log, ulong throughSeq)
    {
        LogName.Check(log);
        return store.TrimLog(log, throughSeq);
    }

    public Task<LogAppend> Replace(string log, ulong seq, ReadOnlyMemory<byte> item)
    {
        LogName.Check(log);
        ArgumentOutOfRangeException.ThrowIfZero(seq);
        return store.ReplaceLog(log, seq, item);
    }

    public Task Delete(string log)
    {
        LogName.Check(log);
        return store.DeleteLog(log);
    }
}
