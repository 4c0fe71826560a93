using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GameBackend.Grains.Storage;

/// <summary>
/// The files of the embedded store. <c>N.seg</c> are the segments of the journal in the order of their numbers, and
/// <c>N.snap</c> stands for all segments up to N. The file <c>lock</c> keeps a second process out.
/// </summary>
internal sealed partial class EmbeddedFiles : IDisposable
{
    private const string SegmentEnding = ".seg";
    private const string SnapshotEnding = ".snap";
    private const string UnfinishedEnding = ".tmp";

    private readonly string _directory;
    private readonly FileStream _lock;

    public EmbeddedFiles(string directory)
    {
        _directory = Path.GetFullPath(directory);
        Directory.CreateDirectory(_directory);
        try
        {
            _lock = new FileStream(
                Path.Combine(_directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new EmbeddedStoreException(
                $"The data directory {_directory} is in use by another process. Stop it, or set another directory.",
                exception);
        }
    }

    public override string ToString() => _directory;

    public string Segment(long number) => Name(number, SegmentEnding);

    public string Snapshot(long number) => Name(number, SnapshotEnding);

    public string UnfinishedSnapshot(long number) => Snapshot(number) + UnfinishedEnding;

    /// <summary>The number of the newest snapshot; 0 if there is none.</summary>
    public long NewestSnapshot() => Numbers(SnapshotEnding).LastOrDefault();

    public long[] Segments() => Numbers(SegmentEnding);

    public long TotalBytes() =>
        new DirectoryInfo(_directory).EnumerateFiles().Where(file => file.Name != "lock").Sum(file => file.Length);

    /// <summary>Makes an empty file with its header that is on the disk when this returns.</summary>
    public SafeFileHandle Create(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(handle, EmbeddedFrame.NewFileHeader(), 0);
        RandomAccess.FlushToDisk(handle);
        SyncDirectory();
        return handle;
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
        foreach (var path in Directory.EnumerateFiles(_directory, "*" + SnapshotEnding + UnfinishedEnding))
            File.Delete(path);
    }

    public void Dispose() => _lock.Dispose();

    private string Name(long number, string ending) =>
        Path.Combine(_directory, number.ToString("D12", CultureInfo.InvariantCulture) + ending);

    private long[] Numbers(string ending) =>
    [
        .. Directory.EnumerateFiles(_directory, "*" + ending)
            .Select(path => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture))
            .Order(),
    ];

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
