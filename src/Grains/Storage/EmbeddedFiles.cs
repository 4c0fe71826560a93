using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GameBackend.Grains.Storage;

/// <summary>
/// The files of the embedded store. <c>N.seg</c> are the segments of the journal in the order of their numbers, and
/// <c>N.snap</c> stands for all segments up to N, each number with twelve digits. The file <c>lock</c> keeps a second
/// process out. Other files in the directory are not the store's: it neither reads nor removes them.
/// </summary>
internal sealed partial class EmbeddedFiles : IDisposable
{
    private const string SegmentEnding = ".seg";
    private const string SnapshotEnding = ".snap";
    private const string UnfinishedEnding = ".tmp";
    private const int Digits = 12;

    // What flock answers if another process has the lock: EWOULDBLOCK of Linux and of macOS, and Windows' sharing error.
    private static readonly int[] LockedErrors = [11, 35, unchecked((int)0x80070020)];

    private readonly string _directory;
    private readonly FileStream _lock;

    /// <exception cref="EmbeddedStoreException">It is in use, cannot be made, or cannot be written to.</exception>
    public EmbeddedFiles(string directory)
    {
        _directory = Path.GetFullPath(directory);
        try
        {
            Directory.CreateDirectory(_directory);
            _lock = new FileStream(
                Path.Combine(_directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (LockedErrors.Contains(exception.HResult))
        {
            throw new EmbeddedStoreException(
                $"The data directory {_directory} is in use by another process. Stop it, or set another directory.",
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedStoreException(
                $"The data directory {_directory} (Store:Directory) cannot be written to: {exception.Message}",
                exception);
        }
    }

    /// <summary>Called before each write, with its file and position: by tests, to fail as a disk does.</summary>
    internal Action<SafeFileHandle, long>? BeforeWrite { get; set; }

    /// <summary>Whether a disk may fail so and work later: it is full, over its quota, or away for a while.</summary>
    public static bool IsOfDisk(Exception exception) =>
        // A file that is too large for its limit is an argument out of range to the library.
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position)
    {
        BeforeWrite?.Invoke(file, position);
        RandomAccess.Write(file, bytes, position);
    }

    public override string ToString() => _directory;

    public string Segment(long number) => Name(number, SegmentEnding);

    public string Snapshot(long number) => Name(number, SnapshotEnding);

    public string UnfinishedSnapshot(long number) => Snapshot(number) + UnfinishedEnding;

    /// <summary>The number of the newest snapshot; 0 if there is none.</summary>
    public long NewestSnapshot() => Numbers(SnapshotEnding).LastOrDefault();

    public long[] Segments() => Numbers(SegmentEnding);

    public long TotalBytes() => new DirectoryInfo(_directory).EnumerateFiles()
        .Where(file => NumberOf(file.Name, SegmentEnding) > 0 || NumberOf(file.Name, SnapshotEnding) > 0)
        .Sum(file => file.Length);

    /// <summary>Makes an empty file with its header that is on the disk when this returns.</summary>
    public SafeFileHandle Create(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            Write(handle, EmbeddedFrame.NewFileHeader(), 0);
            RandomAccess.FlushToDisk(handle);
            SyncDirectory();
            return handle;
        }
        catch
        {
            handle.Dispose();
            // A segment that is not the last is taken for whole: none may stand behind one that is written on.
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Makes a snapshot the valid one, and drops what it stands for.</summary>
    public void Publish(long number)
    {
        File.Move(UnfinishedSnapshot(number), Snapshot(number), overwrite: true);
        SyncDirectory();
        DropBefore(number);
    }

    /// <summary>Drops what the snapshot stands for, and what an interrupted compaction has left behind.</summary>
    public void DropBefore(long snapshot)
    {
        foreach (var number in Segments().Where(number => number <= snapshot))
            File.Delete(Segment(number));
        foreach (var number in Numbers(SnapshotEnding).Where(number => number < snapshot))
            File.Delete(Snapshot(number));
    }

    public void DropUnfinished()
    {
        foreach (var number in Numbers(SnapshotEnding + UnfinishedEnding))
            File.Delete(UnfinishedSnapshot(number));
    }

    public void Dispose() => _lock.Dispose();

    private string Name(long number, string ending) =>
        Path.Combine(_directory, number.ToString($"D{Digits}", CultureInfo.InvariantCulture) + ending);

    private long[] Numbers(string ending) =>
    [
        .. Directory.EnumerateFiles(_directory)
            .Select(path => NumberOf(Path.GetFileName(path), ending)).Where(number => number > 0).Order(),
    ];

    /// <summary>The number of one of the store's files; 0 if the name is not one that the store gives.</summary>
    private static long NumberOf(string name, string ending) =>
        name.Length == Digits + ending.Length && name.EndsWith(ending, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    // A new name is on the disk only after its directory is. Windows has no such call, and does without.
    private void SyncDirectory()
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = OpenDescriptor(_directory, 0);
        if (descriptor < 0)
            throw new IOException($"Cannot open {_directory}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        var failed = SyncDescriptor(descriptor) < 0;
        var error = Marshal.GetLastPInvokeError();
        _ = CloseDescriptor(descriptor);
        if (failed)
            throw new IOException($"Cannot sync {_directory}.", new Win32Exception(error));
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenDescriptor([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncDescriptor(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CloseDescriptor(int descriptor);
}
