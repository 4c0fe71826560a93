namespace GameBackend.Grains.Storage;

/// <summary>
/// Ordered, durable logs: player mailboxes, ledger archives, chat history. A log is keyed by a name such as
/// <c>mailbox/42</c> and its items are numbered 1, 2, 3, … by the one writer that owns it.
/// </summary>
/// <remarks>
/// What a call has acknowledged survives the death of this process. A call that throws may have taken effect or not: an
/// <see cref="Append"/> with a message id is then simply repeated, everything else is followed by an
/// <see cref="Open"/>.
/// </remarks>
public interface ILogStore
{
    /// <summary>How far the log reaches. One that was never written is empty. Opening writes nothing.</summary>
    Task<LogBounds> Open(string log);

    /// <summary>Adds an item at the end.</summary>
    /// <param name="log">The log's name.</param>
    /// <param name="seq">The item's number: the head plus one, as the writer knows it.</param>
    /// <param name="messageId">
    /// Names the item. If it is among the log's last <see cref="LogStoreOptions.MessageIdsKept"/> ids then nothing is
    /// written, and the number under which it was written is returned. Empty: the item has no name and a repeated
    /// append is fenced.
    /// </param>
    /// <param name="item">The item's bytes.</param>
    /// <exception cref="LogFencedException">The number is not the head plus one: there is another writer.</exception>
    Task<LogAppend> Append(string log, ulong seq, string messageId, ReadOnlyMemory<byte> item);

    /// <summary>Reads at most <paramref name="max"/> items from <paramref name="fromSeq"/> on, ascending.</summary>
    /// <remarks>The arrays may be the store's own: they must not be changed.</remarks>
    Task<IReadOnlyList<LogEntry>> Read(string log, ulong fromSeq, int max);

    /// <summary>Drops the items up to and including <paramref name="throughSeq"/>. The head stays.</summary>
    Task Trim(string log, ulong throughSeq);

    /// <summary>
    /// Drops every item and adds this one at <paramref name="seq"/>, both or neither. Repeating it is safe: if the log
    /// holds just this item at that number then nothing is written. Message ids stay known.
    /// </summary>
    /// <exception cref="LogFencedException">The number is not the head plus one: there is another writer.</exception>
    Task<LogAppend> Replace(string log, ulong seq, ReadOnlyMemory<byte> item);

    /// <summary>Forgets the log, its head and its message ids.</summary>
    Task Delete(string log);
}

/// <param name="First">The number of the first item that is kept; the head plus one if none is.</param>
/// <param name="Head">The number of the last item that was ever appended, trimmed or not; 0 if none was.</param>
public readonly record struct LogBounds(ulong First, ulong Head);

/// <param name="Seq">The item's number.</param>
/// <param name="Existed">True if the item was there already and nothing was written.</param>
public readonly record struct LogAppend(ulong Seq, bool Existed);

public readonly record struct LogEntry(ulong Seq, byte[] Item);

/// <summary>The log is not where its writer believes it to be: the writer is stale, and must open it anew.</summary>
[GenerateSerializer, Alias("gb.LogFencedException")]
public sealed class LogFencedException(string log, ulong seq, ulong head)
    : Exception($"The log {log} is at {head}, so an item numbered {seq} is refused: another writer has it, or had it.")
{
    /// <summary>The number of the last item that was ever appended.</summary>
    [Id(0)]
    public ulong Head { get; private set; } = head;
}
