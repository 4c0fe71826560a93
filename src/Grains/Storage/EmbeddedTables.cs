using System.Collections.Concurrent;

namespace GameBackend.Grains.Storage;

/// <summary>A stored value.</summary>
/// <param name="Version">Its etag: no two writes of the store, to whatever key, have the same.</param>
/// <param name="Value">The store's own array: it must not be changed.</param>
public readonly record struct StoredValue(string Key, ulong Version, byte[] Value);

/// <summary>
/// What the embedded store holds, in memory. It changes by records alone, and a record does the same when it is made
/// and when it is read back. One writer at a time; values may be read meanwhile, logs may not.
/// </summary>
/// <remarks>
/// A record that a value or a log has seen already is skipped by its version. That lets a snapshot be taken while
/// records go on: it may hold a change that the journal after it holds as well.
/// </remarks>
internal sealed class EmbeddedTables(int messageIdsKept)
{
    // What a key or an item costs on disk besides its own bytes, about.
    private const int OverheadBytes = 24;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, StoredValue>> _tables = new();
    private readonly ConcurrentDictionary<string, EmbeddedLog> _logs = new();

    /// <summary>The version of the newest record.</summary>
    public ulong Version { get; private set; }

    /// <summary>About how much of the disk's content is in force.</summary>
    public long LiveBytes { get; private set; }

    public int KeyCount => _tables.Values.Sum(table => table.Count);

    public int LogCount => _logs.Count;

    public IEnumerable<(string Table, IEnumerable<StoredValue> Values)> Tables =>
        _tables.Select(table => (table.Key, table.Value.Select(pair => pair.Value)));

    public IEnumerable<KeyValuePair<string, EmbeddedLog>> Logs => _logs;

    public StoredValue? Find(string table, string key) =>
        _tables.TryGetValue(table, out var values) && values.TryGetValue(key, out var value) ? value : null;

    public IEnumerable<StoredValue> Scan(string table) =>
        _tables.TryGetValue(table, out var values) ? values.Select(pair => pair.Value) : [];

    public EmbeddedLog? Log(string name) => _logs.GetValueOrDefault(name);

    public void Apply(in EmbeddedRecord record)
    {
        Version = Math.Max(Version, record.Version);
        switch (record.Kind)
        {
            case EmbeddedRecordKind.Put or EmbeddedRecordKind.Remove:
                ApplyToTable(record);
                break;
            case EmbeddedRecordKind.SnapshotLog:
                var log = new EmbeddedLog(messageIdsKept) { Version = record.Version };
                log.LoadMarks(record.Seq, record.Body);
                _logs[record.Name] = log;
                LiveBytes += LogBytes(record.Name) + log.MarksBytes;
                break;
            case EmbeddedRecordKind.SnapshotItem:
                _logs[record.Name].Load(record.Body);
                LiveBytes += record.Body.Length + ItemBytes(record.Name);
                break;
            case EmbeddedRecordKind.SnapshotStart or EmbeddedRecordKind.SnapshotEnd:
                break;
            default:
                ApplyToLog(record);
                break;
        }
    }

    private void ApplyToTable(in EmbeddedRecord record)
    {
        var values = _tables.GetOrAdd(record.Name, static _ => new ConcurrentDictionary<string, StoredValue>());
        if (values.TryGetValue(record.Key, out var old))
        {
            if (old.Version >= record.Version)
                return;
            LiveBytes -= ValueBytes(record.Name, old);
        }

        if (record.Kind == EmbeddedRecordKind.Remove)
        {
            values.TryRemove(record.Key, out _);
            return;
        }

        var value = new StoredValue(record.Key, record.Version, record.Body);
        values[record.Key] = value;
        LiveBytes += ValueBytes(record.Name, value);
    }

    private void ApplyToLog(in EmbeddedRecord record)
    {
        var log = Log(record.Name);
        if (log?.Version >= record.Version)
            return;
        switch (record.Kind)
        {
            case EmbeddedRecordKind.Append or EmbeddedRecordKind.Replace:
                log ??= AddLog(record.Name);
                if (record.Kind == EmbeddedRecordKind.Replace)
                    Trim(log, record.Name, log.Head);
                LiveBytes -= log.MarksBytes;
                log.Append(record.Seq, record.Id, record.Body);
                LiveBytes += log.MarksBytes + record.Body.Length + ItemBytes(record.Name);
                break;
            case EmbeddedRecordKind.Trim when log is not null:
                Trim(log, record.Name, record.Seq);
                break;
            case EmbeddedRecordKind.DeleteLog when log is not null:
                Trim(log, record.Name, log.Head);
                _logs.TryRemove(record.Name, out _);
                LiveBytes -= LogBytes(record.Name) + log.MarksBytes;
                break;
        }

        if (log is not null)
            log.Version = record.Version;
    }

    private EmbeddedLog AddLog(string name)
    {
        LiveBytes += LogBytes(name);
        return _logs[name] = new EmbeddedLog(messageIdsKept);
    }

    private void Trim(EmbeddedLog log, string name, ulong throughSeq)
    {
        var (bytes, items) = log.Trim(throughSeq);
        LiveBytes -= bytes + items * ItemBytes(name);
    }

    private static long ValueBytes(string table, StoredValue value) =>
        OverheadBytes + table.Length + value.Key.Length + value.Value.Length;

    private static long LogBytes(string name) => OverheadBytes + name.Length;

    private static long ItemBytes(string name) => OverheadBytes + name.Length;
}
