using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GameBackend.Grains.Storage;

/// <summary>Where the journal goes on after the files were read.</summary>
internal readonly record struct EmbeddedJournal(long Segment, SafeFileHandle File, long Position, long SnapshotBytes);

/// <summary>Reads the files of the embedded store back into memory when it opens.</summary>
internal sealed partial class EmbeddedRecovery(
    EmbeddedFiles files, EmbeddedTables tables, EmbeddedStoreOptions options, ILogger logger)
{
    public EmbeddedJournal Run()
    {
        files.DropUnfinished();
        var snapshot = files.NewestSnapshot();
        files.DropBefore(snapshot);
        if (snapshot > 0)
            ReadSnapshot(files.Snapshot(snapshot));

        var segments = files.Segments();
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] != snapshot + 1 + i)
                throw new EmbeddedStoreException($"Damaged: {files.Segment(snapshot + 1 + i)} is missing.");
        }

        foreach (var sealedSegment in segments.SkipLast(1))
            ReadWhole(files.Segment(sealedSegment));
        var snapshotBytes = snapshot > 0 ? new FileInfo(files.Snapshot(snapshot)).Length : 0;
        return segments.Length == 0
            ? new EmbeddedJournal(
                snapshot + 1, files.Create(files.Segment(snapshot + 1)), EmbeddedFrame.FileHeaderBytes, snapshotBytes)
            : ReadLast(segments[^1], snapshotBytes);
    }

    private void ReadSnapshot(string path)
    {
        if (ReadWhole(path) != EmbeddedRecordKind.SnapshotEnd)
            throw new EmbeddedStoreException($"{path} has no end: the store is damaged.");
    }

    /// <summary>Reads a file that was finished, so that every byte of it must be good.</summary>
    private EmbeddedRecordKind ReadWhole(string path)
    {
        using var reader = new EmbeddedFrameReader(path);
        var last = ReadFrames(reader);
        if (!reader.AtEnd)
            throw new EmbeddedStoreException($"{path} is damaged at byte {reader.Position}.");
        return last;
    }

    /// <summary>Reads the segment that was being written, cuts off a broken end, and opens it for more.</summary>
    private EmbeddedJournal ReadLast(long number, long snapshotBytes)
    {
        var path = files.Segment(number);
        // The header is on the disk before the first frame is written, so a file without one has held nothing yet.
        if (new FileInfo(path).Length <= EmbeddedFrame.FileHeaderBytes)
            return new EmbeddedJournal(number, files.Create(path), EmbeddedFrame.FileHeaderBytes, snapshotBytes);

        long end;
        using (var reader = new EmbeddedFrameReader(path))
        {
            ReadFrames(reader);
            end = reader.Position;
            if (!reader.AtEnd)
            {
                if (options.Fsync && reader.IsFrameAhead())
                    throw new EmbeddedStoreException($"{path} is damaged at byte {end}, in front of confirmed writes.");
                LogTailCut(path, reader.Length - end);
            }
        }

        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(file, end);
        RandomAccess.FlushToDisk(file);
        return new EmbeddedJournal(number, file, end, snapshotBytes);
    }

    private EmbeddedRecordKind ReadFrames(EmbeddedFrameReader reader)
    {
        EmbeddedRecordKind last = default;
        while (reader.TryRead(out var content))
        {
            while (content.Length > 0)
            {
                var record = EmbeddedRecord.Read(ref content);
                tables.Apply(record);
                last = record.Kind;
            }
        }

        return last;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Cut {Bytes} bytes off the end of {Path}: a write that was under way at a crash and never confirmed")]
    private partial void LogTailCut(string path, long bytes);
}
