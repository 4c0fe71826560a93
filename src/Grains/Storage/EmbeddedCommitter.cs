using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Writes the journal. While one batch is on its way to the disk the next one gathers, so that many writers share one
/// write and one fsync, and a lone writer waits for nobody. It has a thread of its own, because a disk blocks.
/// </summary>
/// <remarks>
/// If the disk does not take a batch, as when it is full, its writers are told that the outcome is not known, and the
/// whole batch is written to the same place again until the disk has it: memory is ahead of the disk by this batch and
/// the next one, and by nothing else, since meanwhile no change is taken. What is on the disk can be read all the time.
/// After any other failure the store stops for good: every later call throws until the process is started again.
/// </remarks>
internal sealed partial class EmbeddedCommitter : IDisposable
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(200);

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
    private EmbeddedStoreException? _fault;
    private EmbeddedStoreException? _problem;
    private bool _closing;
    private ulong _durable;

    private SafeFileHandle _file;
    private uint _salt;
    private long _segment;
    private long _position;
    private long _sealedBytes;
    private long _rollAboveBytes;

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

    /// <summary>Why nothing can be written now; null if it can.</summary>
    public EmbeddedStoreException? Problem
    {
        get
        {
            lock (_gate)
                return _fault ?? _problem;
        }
    }

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
            ThrowIfNotWriting();
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
                ThrowIfNotWriting();
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
            ThrowIfNotWriting();
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
    public void ThrowIfNotWriting()
    {
        ThrowIfStopped();
        if (_problem is { } problem)
            throw new EmbeddedStoreException(problem.Message, problem);
    }

    private void ThrowIfStopped()
    {
        if (_fault is { } fault)
            throw new EmbeddedStoreException(fault.Message, fault);
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
                if (batch is not null && !Commit(batch))
                    return;
                if (mustRoll || _position >= Math.Max(_options.SegmentBytes, _rollAboveBytes))
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

    /// <summary>Writes a batch until the disk has it. False if the store closes while the disk does not take it.</summary>
    private bool Commit(EmbeddedBatch batch)
    {
        var frame = batch.Seal(_salt);
        while (!TryWrite(frame))
        {
            lock (_gate)
            {
                if (_closing)
                    return false;
                Monitor.Wait(_gate, RetryEvery);
            }
        }

        Volatile.Write(ref _position, _position + frame.Length);
        bool recovered;
        lock (_gate)
        {
            _durable = batch.LastVersion;
            _inFlight = null;
            recovered = _problem is not null;
            _problem = null;
        }

        batch.Complete();
        batch.Reset();
        _spare = batch;
        if (recovered)
            LogRecovered(_files);
        return true;
    }

    // After a failed sync the system may take what it could not write for written: all of the frame is written again.
    private bool TryWrite(ReadOnlySpan<byte> frame)
    {
        try
        {
            _files.Write(_file, frame, _position);
            if (_options.Fsync)
                RandomAccess.FlushToDisk(_file);
            return true;
        }
        catch (Exception exception) when (EmbeddedFiles.IsOfDisk(exception))
        {
            Halt(exception);
            return false;
        }
    }

    private void BeginSegment()
    {
        // Recovery takes every segment but the last for whole: a closed one is on the disk, whatever the options say.
        RandomAccess.FlushToDisk(_file);
        var path = _files.Segment(_segment + 1);
        SafeFileHandle next;
        try
        {
            next = _files.Create(path);
        }
        catch (Exception exception) when (EmbeddedFiles.IsOfDisk(exception) && !File.Exists(path))
        {
            // This one goes on for a while; if the disk does not take that either, its writers hear of it.
            _rollAboveBytes = _position + (_options.SegmentBytes / 16);
            TakeRoll()?.TrySetException(Failure(exception));
            return;
        }

        _file.Dispose();
        lock (_rollLock)
        {
            _file = next;
            _salt = EmbeddedFrame.ReadSalt(_file);
            Volatile.Write(ref _sealedBytes, _sealedBytes + _position);
            Volatile.Write(ref _position, EmbeddedFrame.FileHeaderBytes);
        }

        _rollAboveBytes = 0;
        TakeRoll()?.SetResult(_segment);
        _segment++;
    }

    private TaskCompletionSource<long>? TakeRoll()
    {
        lock (_gate)
        {
            var roll = _roll;
            _roll = null;
            return roll;
        }
    }

    private EmbeddedStoreException Failure(Exception exception) =>
        new($"The store in {_files} cannot write: {exception.Message}", exception);

    /// <summary>The disk does not take the batch now. Whoever waits is told, and nobody else is let in.</summary>
    private void Halt(Exception exception)
    {
        bool isNew;
        lock (_gate)
        {
            isNew = _problem is null;
            _problem = Failure(exception);
            FailAll(_problem);
        }

        if (isNew)
            LogHalted(exception, _files);
    }

    private void Stop(Exception exception)
    {
        LogStopped(exception, _files);
        lock (_gate)
        {
            _fault = new EmbeddedStoreException($"The store in {_files} has stopped: {exception.Message}", exception);
            FailAll(_fault);
        }
    }

    /// <summary>The caller holds the gate.</summary>
    private void FailAll(EmbeddedStoreException failure)
    {
        _inFlight?.Fail(failure);
        _pending.Fail(failure);
        TakeRoll()?.TrySetException(failure);
    }

    [LoggerMessage(Level = LogLevel.Error, Message =
        "The disk does not take a write to {Directory}: nothing is changed until it does. Writing is retried")]
    private partial void LogHalted(Exception exception, EmbeddedFiles directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "The disk takes writes to {Directory} again")]
    private partial void LogRecovered(EmbeddedFiles directory);

    [LoggerMessage(Level = LogLevel.Critical, Message =
        "The embedded store in {Directory} has stopped: a write has failed, and the process must be started again")]
    private partial void LogStopped(Exception exception, EmbeddedFiles directory);
}
