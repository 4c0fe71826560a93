using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Writes the journal. While one batch is on its way to the disk the next one gathers, so that many writers share one
/// write and one fsync, and a lone writer waits for nobody. It has a thread of its own, because a disk blocks.
/// </summary>
/// <remarks>
/// After a failed write nobody knows what the disk holds, so the store stops for good: every later call throws until
/// the process has been started again and has read back what is there.
/// </remarks>
internal sealed partial class EmbeddedCommitter : IDisposable
{
    private readonly Lock _rollLock = new();
    private readonly object _gate;
    private readonly EmbeddedFiles _files;
    private readonly EmbeddedStoreOptions _options;
    private readonly ILogger _logger;
    private readonly Action _committed;
    private readonly Thread _thread;

    private EmbeddedBatch _pending = new();
    private EmbeddedBatch _spare = new();
    private EmbeddedBatch? _inFlight;
    private TaskCompletionSource<long>? _roll;
    private Exception? _fault;
    private bool _closing;
    private ulong _durable;

    private SafeFileHandle _file;
    private uint _salt;
    private long _segment;
    private long _position;
    private long _sealedBytes;

    /// <param name="gate">The store's lock, held by callers of <see cref="Add"/>.</param>
    /// <param name="version">The version of the last record that was read back.</param>
    /// <param name="committed">Called after each commit on the journal's thread.</param>
    public EmbeddedCommitter(
        object gate, EmbeddedFiles files, EmbeddedStoreOptions options, ILogger logger,
        EmbeddedJournal journal, ulong version, Action committed)
    {
        (_gate, _files, _options, _logger, _committed, _durable) = (gate, files, options, logger, committed, version);
        (_segment, _file, _position) = (journal.Segment, journal.File, journal.Position);
        _sealedBytes = files.TotalBytes() - _position;
        _salt = EmbeddedFrame.ReadSalt(_file);
        _thread = new Thread(Run) { IsBackground = true, Name = "embedded store" };
    }

    /// <summary>The size of the store on disk.</summary>
    public long TotalBytes => Volatile.Read(ref _sealedBytes) + Volatile.Read(ref _position);

    public void Start() => _thread.Start();

    /// <summary>Puts a record into the next batch. The caller holds the gate.</summary>
    /// <returns>A task that ends when the record is on the disk.</returns>
    public Task Add(in EmbeddedRecord record)
    {
        if (_pending.IsEmpty)
            Monitor.PulseAll(_gate);
        _pending.Add(record);
        return _pending.Done;
    }

    /// <summary>Waits until the disk has this version and all before it.</summary>
    public Task WhenDurable(ulong version)
    {
        lock (_gate)
        {
            ThrowIfStopped();
            if (version <= _durable)
                return Task.CompletedTask;
            return _inFlight is { } batch && version <= batch.LastVersion ? batch.Done : _pending.Done;
        }
    }

    /// <summary>Waits until the next batch has room.</summary>
    public async ValueTask WhenRoom()
    {
        while (true)
        {
            Task done;
            lock (_gate)
            {
                ThrowIfStopped();
                if (_pending.Bytes <= _options.MaxPendingBytes)
                    return;
                done = _pending.Done;
            }

            await done.ConfigureAwait(false);
        }
    }

    /// <summary>Closes the current segment and begins the next. Returns the number of the closed one.</summary>
    public Task<long> Roll()
    {
        lock (_gate)
        {
            ThrowIfStopped();
            _roll ??= new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Monitor.PulseAll(_gate);
            return _roll.Task;
        }
    }

    /// <summary>Takes note that a snapshot has replaced the segments up to its number.</summary>
    public void Replaced()
    {
        lock (_rollLock)
            Volatile.Write(ref _sealedBytes, _files.TotalBytes() - Volatile.Read(ref _position));
    }

    /// <summary>The caller holds the gate.</summary>
    public void ThrowIfStopped()
    {
        if (_fault is not null)
            throw new EmbeddedStoreException($"The store in {_files} has stopped: {_fault.Message}", _fault);
        ObjectDisposedException.ThrowIf(_closing, typeof(EmbeddedStore));
    }

    /// <summary>Writes what is pending, then ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
        _file.Dispose();
    }

    private void Run()
    {
        try
        {
            while (TryTake(out var batch, out var mustRoll))
            {
                if (batch is not null)
                    Commit(batch);
                if (mustRoll || _position >= _options.SegmentBytes)
                    BeginSegment();
                _committed();
            }
        }
        catch (Exception exception)
        {
            Stop(exception);
        }
    }

    private bool TryTake(out EmbeddedBatch? batch, out bool mustRoll)
    {
        lock (_gate)
        {
            while (_pending.IsEmpty && _roll is null && !_closing)
                Monitor.Wait(_gate);
            mustRoll = _roll is not null;
            batch = _pending.IsEmpty ? null : _pending;
            if (batch is not null)
                (_inFlight, _pending) = (batch, _spare);
            return batch is not null || mustRoll;
        }
    }

    private void Commit(EmbeddedBatch batch)
    {
        var frame = batch.Seal(_salt);
        RandomAccess.Write(_file, frame, _position);
        if (_options.Fsync)
            RandomAccess.FlushToDisk(_file);
        Volatile.Write(ref _position, _position + frame.Length);
        lock (_gate)
        {
            _durable = batch.LastVersion;
            _inFlight = null;
        }

        batch.Complete();
        batch.Reset();
        _spare = batch;
    }

    private void BeginSegment()
    {
        // Recovery takes every segment but the last for whole: a closed one is on the disk, whatever the options say.
        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        lock (_rollLock)
        {
            _file = _files.Create(_files.Segment(_segment + 1));
            _salt = EmbeddedFrame.ReadSalt(_file);
            Volatile.Write(ref _sealedBytes, _sealedBytes + _position);
            Volatile.Write(ref _position, EmbeddedFrame.FileHeaderBytes);
        }

        TaskCompletionSource<long>? roll;
        lock (_gate)
            (roll, _roll) = (_roll, null);
        roll?.SetResult(_segment);
        _segment++;
    }

    private void Stop(Exception exception)
    {
        LogStopped(exception, _files);
        var failure = new EmbeddedStoreException($"A write to {_files} has failed: {exception.Message}", exception);
        EmbeddedBatch pending;
        EmbeddedBatch? inFlight;
        TaskCompletionSource<long>? roll;
        lock (_gate)
        {
            _fault = exception;
            (inFlight, pending, roll) = (_inFlight, _pending, _roll);
        }

        inFlight?.Fail(failure);
        pending.Fail(failure);
        roll?.TrySetException(failure);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message =
        "The embedded store in {Directory} has stopped: a write has failed, and the process must be started again")]
    private partial void LogStopped(Exception exception, EmbeddedFiles directory);
}
