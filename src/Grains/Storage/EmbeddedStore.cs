using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Storage;

/// <summary>
/// A small durable store in one directory, for the single process: values in tables, and ordered logs. Everything is
/// held in memory and every change is journalled, so that reads cost nothing and a start reads the files once.
/// </summary>
/// <remarks>
/// The price is memory: all values and all log items, archives included, must fit. A cluster uses Redis instead.
/// A write is acknowledged when the journal is on the disk. A read never shows a write that is not: it waits for it.
/// </remarks>
public sealed partial class EmbeddedStore : IDisposable
{
    private readonly object _gate = new();
    private readonly EmbeddedStoreOptions _options;
    private readonly ILogger<EmbeddedStore> _logger;
    private readonly EmbeddedFiles _files;
    private readonly EmbeddedTables _tables;
    private readonly EmbeddedCommitter _committer;
    private readonly EmbeddedCompactor _compactor;
    private bool _disposed;

    /// <summary>Opens the directory, making it if it is not there, and reads it.</summary>
    /// <exception cref="EmbeddedStoreException">It is in use, cannot be written to, or is damaged.</exception>
    public EmbeddedStore(
        IOptions<EmbeddedStoreOptions> options, IOptions<LogStoreOptions> logOptions, ILogger<EmbeddedStore> logger)
    {
        (_options, _logger) = (options.Value, logger);
        _tables = new EmbeddedTables(logOptions.Value.MessageIdsKept);
        _files = new EmbeddedFiles(_options.Directory);
        try
        {
            var journal = new EmbeddedRecovery(_files, _tables, _options, logger).Run();
            _compactor = new EmbeddedCompactor(_gate, _files, _tables, _options, logger)
            {
                SnapshotBytes = journal.SnapshotBytes,
            };
            _committer = new EmbeddedCommitter(
                _gate, _files, _options, logger, journal, _tables.Version, _compactor.RunIfDue);
            _compactor.Committer = _committer;
            _committer.Start();
        }
        catch (Exception e)
        {
            _files.Dispose();
            if (e is EmbeddedStoreException || !EmbeddedFiles.IsOfDisk(e))
                throw;
            throw new EmbeddedStoreException($"The store in {_files} cannot be opened: {e.Message}", e);
        }

        LogOpened(_files, _tables.KeyCount, _tables.LogCount, _committer.TotalBytes);
    }

    /// <summary>The size of the files.</summary>
    public long TotalBytes => _committer.TotalBytes;

    /// <summary>Why the store cannot write now, as when its disk is full; null if it can.</summary>
    public string? Problem => _committer.Problem?.Message;

    internal EmbeddedFiles Files => _files;

    public async ValueTask<StoredValue?> Get(string table, string key)
    {
        StoredValue? found;
        ulong version;
        lock (_gate)
        {
            found = _tables.Find(table, key);
            // A missing value may be one whose removal is still on its way.
            version = found?.Version ?? _tables.Version;
        }

        await _committer.WhenDurable(version).ConfigureAwait(false);
        return found;
    }

    /// <summary>All values of a table, in no order.</summary>
    public async ValueTask<IReadOnlyList<StoredValue>> Scan(string table)
    {
        StoredValue[] found;
        ulong version;
        lock (_gate)
            (found, version) = (_tables.Scan(table).ToArray(), _tables.Version);
        await _committer.WhenDurable(version).ConfigureAwait(false);
        return found;
    }

    /// <summary>Stores a value and returns its version.</summary>
    /// <param name="expected">The version that must be stored now; 0 for none; null for whatever.</param>
    /// <exception cref="VersionConflictException">Another version is stored.</exception>
    public Task<ulong> Put(string table, string key, ReadOnlyMemory<byte> value, ulong? expected)
    {
        var body = Owned(value);
        return Change(() =>
        {
            CheckVersion(table, key, expected);
            return Record(EmbeddedRecordKind.Put, table, key: key, body: body);
        });
    }

    /// <summary>Removes a value. Returns false if there was none.</summary>
    /// <inheritdoc cref="Put"/>
    public async Task<bool> Remove(string table, string key, ulong? expected)
    {
        var version = await Change(() =>
        {
            CheckVersion(table, key, expected);
            return _tables.Find(table, key) is null ? null : Record(EmbeddedRecordKind.Remove, table, key: key);
        }).ConfigureAwait(false);
        return version > 0;
    }

    /// <summary>Writes what is in force to a new file and drops the old ones. It also runs by itself.</summary>
    public Task Compact() => _compactor.Run();

    /// <summary>Writes what is pending and lets go of the directory.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _compactor.Dispose();
        _committer.Dispose();
        _files.Dispose();
    }

    private void CheckVersion(string table, string key, ulong? expected)
    {
        var stored = _tables.Find(table, key)?.Version ?? 0;
        if (expected is { } version && version != stored)
            throw new VersionConflictException(table, key, stored, version);
    }

    /// <summary>Decides on a change under the lock, makes it, and waits for the disk.</summary>
    /// <returns>The version of the change; 0 if it was decided that there is nothing to do.</returns>
    private async Task<ulong> Change(Func<EmbeddedRecord?> decide)
    {
        await _committer.WhenRoom().ConfigureAwait(false);
        Task durable;
        EmbeddedRecord? change;
        lock (_gate)
        {
            _committer.ThrowIfNotWriting();
            change = decide();
            if (change is { } record)
            {
                _tables.Apply(record);
                durable = _committer.Add(record);
            }
            else
            {
                // There is nothing to do because of an earlier change, which must last before anyone relies on it.
                durable = _committer.WhenDurable(_tables.Version);
            }
        }

        await durable.ConfigureAwait(false);
        return change?.Version ?? 0;
    }

    private EmbeddedRecord Record(
        EmbeddedRecordKind kind, string name,
        string key = "", ulong seq = 0, MessageDigest id = default, byte[]? body = null) =>
        new(kind, _tables.Version + 1, name, key, seq, id, body ?? []);

    private byte[] Owned(ReadOnlyMemory<byte> value)
    {
        if (value.Length > _options.MaxValueBytes)
            throw new ArgumentException($"A value has at most {_options.MaxValueBytes} bytes, not {value.Length}.");
        return value.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Information, Message =
        "Opened the store in {Directory}: {Keys} values, {Logs} logs, {Bytes} bytes")]
    private partial void LogOpened(EmbeddedFiles directory, int keys, int logs, long bytes);
}
