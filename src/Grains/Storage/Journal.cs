using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Keeps in a log what its owner has in memory: change after change, and a snapshot in their place once they outweigh
/// it. Changes that come while a write is under way are written together with the next, so that many callers share it.
/// </summary>
/// <remarks>
/// The owner changes its memory at once and lets nobody see that before <see cref="Written"/>. After a failed write
/// nothing can be written any more: the owner ends, and the next one opens the log anew. Used by one thread at a time.
/// </remarks>
public sealed class Journal<TChange>(ILogStore logs, string log, Func<TChange> snapshot)
    where TChange : IMessage<TChange>, new()
{
    private const int Page = 256;
    private const long CompactAboveBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _batch = new();
    private TaskCompletionSource? _waiting;
    private Task _last = Task.CompletedTask;
    private Exception? _failure;
    private bool _isWriting;
    private ulong _head;
    private long _bytes;
    private long _snapshotBytes;

    /// <summary>Whether nothing can be written any more.</summary>
    public bool IsBroken => _failure is not null;

    /// <summary>Reads all changes, a snapshot being one.</summary>
    public async Task<List<TChange>> Open()
    {
        var bounds = await logs.Open(log);
        var changes = new List<TChange>();
        for (var seq = bounds.First; seq <= bounds.Head; seq += Page)
        {
            foreach (var entry in await logs.Read(log, seq, Page))
            {
                _bytes += entry.Item.Length;
                for (var at = 0; at < entry.Item.Length;)
                {
                    var size = BinaryPrimitives.ReadInt32BigEndian(entry.Item.AsSpan(at));
                    var change = new TChange();
                    change.MergeFrom(entry.Item.AsSpan(at + sizeof(int), size));
                    changes.Add(change);
                    at += sizeof(int) + size;
                }
            }
        }

        _head = bounds.Head;
        return changes;
    }

    /// <summary>Writes a change that the owner's memory has already.</summary>
    public Task Write(TChange change)
    {
        if (_failure is not null)
            return Task.FromException(_failure);
        Add(_batch, change);
        _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _last = _waiting.Task;
        if (!_isWriting)
            WriteBatches().Ignore();
        return _last;
    }

    /// <summary>Ends when all changes so far are written.</summary>
    public Task Written() => _last;

    /// <summary>Writes what is left and nothing more: whoever opens the log next is not disturbed.</summary>
    public async Task Close()
    {
        await _last;
        _failure ??= new ObjectDisposedException(log);
    }

    private async Task WriteBatches()
    {
        _isWriting = true;
        while (_waiting is { } waiting)
        {
            _waiting = null;
            try
            {
                await WriteBatch();
                waiting.SetResult();
            }
            catch (Exception e)
            {
                _failure = e;
                waiting.SetException(e);
                _waiting?.SetException(e);
                _waiting = null;
            }
        }

        _isWriting = false;
    }

    private async Task WriteBatch()
    {
        if (_bytes > Math.Max(CompactAboveBytes, 2 * _snapshotBytes))
        {
            // It has the changes of the batch.
            _batch.ResetWrittenCount();
            var whole = new ArrayBufferWriter<byte>();
            Add(whole, snapshot());
            await logs.Replace(log, _head + 1, whole.WrittenMemory);
            _bytes = _snapshotBytes = whole.WrittenCount;
        }
        else
        {
            var item = _batch.WrittenSpan.ToArray();
            _batch.ResetWrittenCount();
            await logs.Append(log, _head + 1, "", item);
            _bytes += item.Length;
        }

        _head++;
    }

    private static void Add(ArrayBufferWriter<byte> to, TChange change)
    {
        var size = change.CalculateSize();
        BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(sizeof(int)), size);
        to.Advance(sizeof(int));
        change.WriteTo(to);
    }
}
