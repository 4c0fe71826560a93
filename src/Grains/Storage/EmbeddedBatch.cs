using System.Buffers;
using System.Runtime.InteropServices;

namespace GameBackend.Grains.Storage;

/// <summary>Records that go to the disk together, as one frame.</summary>
internal sealed class EmbeddedBatch
{
    // A buffer that a burst has blown up is given back.
    private const int KeptBytes = 1024 * 1024;

    private ArrayBufferWriter<byte> _frame = new(64 * 1024);
    private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EmbeddedBatch() => _frame.Advance(EmbeddedFrame.HeaderBytes);

    public ulong LastVersion { get; private set; }

    public int Bytes => _frame.WrittenCount;

    public bool IsEmpty => Bytes == EmbeddedFrame.HeaderBytes;

    /// <summary>Ends when the records are on the disk.</summary>
    public Task Done => _done.Task;

    public void Add(in EmbeddedRecord record)
    {
        record.WriteTo(_frame);
        LastVersion = record.Version;
    }

    public ReadOnlySpan<byte> Seal(uint salt)
    {
        // The batch owns this memory, which is only read-only to others.
        var frame = MemoryMarshal.AsMemory(_frame.WrittenMemory).Span;
        EmbeddedFrame.Seal(frame, salt);
        return frame;
    }

    /// <summary>Tells those who still wait: after <see cref="Fail"/> nobody does.</summary>
    public void Complete() => _done.TrySetResult();

    /// <summary>Those who wait are told, and those who come from now on wait anew.</summary>
    public void Fail(Exception cause)
    {
        _done.TrySetException(cause);
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Reset()
    {
        if (_frame.Capacity > KeptBytes)
            _frame = new ArrayBufferWriter<byte>(64 * 1024);
        _frame.ResetWrittenCount();
        _frame.Advance(EmbeddedFrame.HeaderBytes);
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
