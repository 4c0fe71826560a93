using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Replaces the journal by a snapshot of what is in force, while writes go on. The journal is cut first, so that all
/// segments up to the cut are in memory; then memory is written to a new file; when that is on the disk it gets its
/// name, and the segments go. An interruption at any point leaves either the old files or the new one valid.
/// </summary>
internal sealed partial class EmbeddedCompactor(
    object gate, EmbeddedFiles files, EmbeddedTables tables, EmbeddedStoreOptions options, ILogger logger)
    : IDisposable
{
    private const int FrameBytes = 1024 * 1024;

    // Commits share the disk with the snapshot: small steps keep their fsync short.
    private const int SyncEveryBytes = 8 * 1024 * 1024;

    private readonly SemaphoreSlim _one = new(1);
    private volatile bool _closing;
    private long _retryAboveBytes;
    private Task _running = Task.CompletedTask;

    /// <summary>The journal that is cut. Set once, before the first use.</summary>
    public EmbeddedCommitter Committer { private get; set; } = null!;

    /// <summary>The size of the newest snapshot. What is in force is estimated; this is exact.</summary>
    public long SnapshotBytes { private get; set; }

    /// <summary>Starts a compaction if more than half of the disk's content is out of force.</summary>
    public void RunIfDue()
    {
        if (IsDue() && _running.IsCompleted && !_closing)
            _running = Task.Run(RunInBackground);
    }

    public Task Run() => RunWhen(() => true);

    private bool IsDue()
    {
        var total = Committer.TotalBytes;
        var inForce = Math.Max(tables.LiveBytes, SnapshotBytes);
        return total > Math.Max(options.CompactAboveBytes, _retryAboveBytes) && total > 2 * inForce;
    }

    /// <summary>Runs after those that run already, if the condition then still holds.</summary>
    private async Task RunWhen(Func<bool> condition)
    {
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closing, typeof(EmbeddedStore));
            if (!condition())
                return;
            var number = await Committer.Roll().ConfigureAwait(false);
            var before = Committer.TotalBytes;
            var bytes = await WriteSnapshot(number).ConfigureAwait(false);
            files.Publish(number);
            SnapshotBytes = bytes;
            Committer.Replaced();
            LogCompacted(files, before, bytes);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Breaks off what runs, and waits until it has ended.</summary>
    public void Dispose()
    {
        _closing = true;
        _one.Wait();
        _one.Release();
    }

    private async Task RunInBackground()
    {
        try
        {
            await RunWhen(IsDue).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (_closing)
                return;
            // A full disk, say. The next try waits until there is more to gain.
            _retryAboveBytes = Committer.TotalBytes + options.SegmentBytes;
            LogFailed(exception, files);
        }
    }

    private async Task<long> WriteSnapshot(long number)
    {
        try
        {
            var (bytes, version) = await Task.Run(() => WriteRecords(number)).ConfigureAwait(false);
            // The snapshot may be ahead of the journal. It must not hold what its readers were never told of.
            await Committer.WhenDurable(version).ConfigureAwait(false);
            return bytes;
        }
        catch
        {
            files.DropUnfinished();
            throw;
        }
    }

    private (long Bytes, ulong Version) WriteRecords(long number)
    {
        using var file = files.Create(files.UnfinishedSnapshot(number));
        var writer = new SnapshotWriter(files, file);
        foreach (var record in Records())
        {
            writer.Add(record);
            if (_closing)
                throw new OperationCanceledException("The store is closing.");
        }

        writer.Flush();
        RandomAccess.FlushToDisk(file);
        return (writer.Position, writer.LastVersion);
    }

    private IEnumerable<EmbeddedRecord> Records()
    {
        yield return Marker(EmbeddedRecordKind.SnapshotStart);
        foreach (var (table, values) in tables.Tables)
        {
            foreach (var value in values)
                yield return new(EmbeddedRecordKind.Put, value.Version, table, value.Key, 0, default, value.Value);
        }

        foreach (var (name, log) in tables.Logs)
        {
            if (Copy(name, log) is not { } copy)
                continue;
            yield return copy.Log;
            foreach (var entry in copy.Items)
            {
                var kind = EmbeddedRecordKind.SnapshotItem;
                yield return copy.Log with { Kind = kind, Seq = entry.Seq, Body = entry.Item };
            }
        }

        yield return Marker(EmbeddedRecordKind.SnapshotEnd);
    }

    private EmbeddedRecord Marker(EmbeddedRecordKind kind)
    {
        lock (gate)
            return new EmbeddedRecord(kind, tables.Version, "", "", 0, default, []);
    }

    private (EmbeddedRecord Log, LogEntry[] Items)? Copy(string name, EmbeddedLog log)
    {
        lock (gate)
        {
            // Deleted meanwhile: the record of that is in the journal after the cut.
            if (tables.Log(name) != log)
                return null;
            var marks = log.SaveMarks();
            return (
                new EmbeddedRecord(EmbeddedRecordKind.SnapshotLog, log.Version, name, "", log.Head, default, marks),
                log.Read(0, int.MaxValue));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Compacted {Directory} from {Before} to {After} bytes")]
    private partial void LogCompacted(EmbeddedFiles directory, long before, long after);

    [LoggerMessage(Level = LogLevel.Error, Message = "The compaction of {Directory} has failed; nothing is lost")]
    private partial void LogFailed(Exception exception, EmbeddedFiles directory);

    private sealed class SnapshotWriter(EmbeddedFiles files, SafeFileHandle file)
    {
        private readonly uint _salt = EmbeddedFrame.ReadSalt(file);
        private readonly EmbeddedBatch _frame = new();
        private long _synced;

        public long Position { get; private set; } = EmbeddedFrame.FileHeaderBytes;

        public ulong LastVersion { get; private set; }

        public void Add(in EmbeddedRecord record)
        {
            _frame.Add(record);
            LastVersion = Math.Max(LastVersion, record.Version);
            if (_frame.Bytes >= FrameBytes)
                Flush();
        }

        public void Flush()
        {
            files.Write(file, _frame.Seal(_salt), Position);
            Position += _frame.Bytes;
            _frame.Reset();
            if (Position - _synced < SyncEveryBytes)
                return;
            RandomAccess.FlushToDisk(file);
            _synced = Position;
        }
    }
}
