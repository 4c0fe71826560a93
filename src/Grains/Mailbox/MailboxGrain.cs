using System.Buffers.Binary;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace GameBackend.Grains.Mailbox;

/// <summary>
/// Writes a player's mailbox log and points its live delivery. The log is the truth; lanes are told after it and may
/// fail.
/// </summary>
[GrainType("mailbox"), Role(Roles.Player), PreferLocalPlacement]
public sealed class MailboxGrain(
    [PersistentState("mailbox", "Default")] IPersistentState<MailboxState> attachment,
    ILogStore logs,
    IOptions<MailboxOptions> options,
    MailboxMetrics metrics) : Grain, IMailboxGrain
{
    private const int MaxPage = 256;

    /// <summary>Of a stored opcode: the sender stands behind it.</summary>
    private const uint HasSender = 1u << 31;

    private static readonly uint ResyncOp = Opcodes.OfPush<Resync>().Op;
    private static readonly uint GoodbyeOp = Opcodes.OfPush<Goodbye>().Op;

    private string _log = "";
    private ulong _head;
    private ulong _acked;
    private MailboxShare _share;

    /// <summary>Null while so little waits that no sender can have used up its share.</summary>
    private SenderShares? _senders;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _log = $"mailbox/{this.GetPrimaryKeyLong()}";
        try
        {
            var bounds = await logs.Open(_log);
            (_acked, _head) = (bounds.First - 1, bounds.Head);
            Count();
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException(
                $"The mailbox of player {this.GetPrimaryKeyLong()} cannot be opened now.", e);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _share.Set(metrics, attached: false, 0);
        return Task.CompletedTask;
    }

    private long PlayerId => this.GetPrimaryKeyLong();

    private ulong Backlog => _head - _acked;

    private ulong ShareOfSender =>
        Math.Max(1, (ulong)(options.Value.MaxBacklog * (long)options.Value.SenderUpToPercent / 100));

    private bool TakesMessages =>
        Backlog * 100 < (ulong)options.Value.MaxBacklog * (ulong)options.Value.MessagesUpToPercent;

    public Task<MailboxItem?> Post(string messageId, uint op, byte[] body, PostKind kind) =>
        PostFrom(0, messageId, op, body, kind);

    public async Task<bool> HasRoomFor(long sender, PostKind kind) =>
        (kind != PostKind.Message || TakesMessages) && await IsWithinShare(sender);

    public async Task<MailboxItem?> PostFrom(long sender, string messageId, uint op, byte[] body, PostKind kind)
    {
        if (sender == PlayerId)
            sender = 0;
        if (body.Length > options.Value.MaxItemBytes)
        {
            if (kind == PostKind.Message)
                throw new ArgumentException($"A message of {body.Length} bytes.", nameof(body));
            // The change has been made and must be told: whoever is told to fetch has it as well.
            (op, body) = (ResyncOp, new Resync { Dropped = 1 }.ToByteArray());
        }

        if (kind == PostKind.Message && !await HasRoomFor(sender, kind))
            return await Known(messageId, op, body);
        if (Backlog >= (ulong)options.Value.MaxBacklog)
            await Overflow(Backlog);

        var append = logs.Append(_log, _head + 1, messageId, Encode(op, body, sender));
        await Written(append);
        var seq = (await append).Seq;
        if (seq > _head)
        {
            _head = seq;
            _senders?.Add(seq, sender);
            metrics.Appended.Add(1);
            Count();
        }

        var item = new MailboxItem(seq, op, body);
        if (kind != PostKind.ChangeWithReply)
            Publish(item);
        return item;
    }

    public Task PostTransient(uint op, byte[] body)
    {
        Publish(new MailboxItem(0, op, body));
        return Task.CompletedTask;
    }

    public async Task<MailboxBounds> Attach(ulong epoch, string lane, ulong ack)
    {
        var state = attachment.State;
        if (epoch > state.Epoch || (epoch == state.Epoch && lane != state.Lane))
        {
            (state.Epoch, state.Lane) = (epoch, string.Intern(lane));
            await Written(attachment.WriteStateAsync());
            Count();
        }

        await Ack(epoch, ack);
        return new MailboxBounds(_acked, _head);
    }

    public async Task Detach(ulong epoch)
    {
        if (epoch < attachment.State.Epoch || attachment.State.Lane is null)
            return;
        (attachment.State.Epoch, attachment.State.Lane) = (epoch, null);
        await Written(attachment.WriteStateAsync());
        Count();
    }

    public Task Close(ulong epoch, string lane, GoodbyeReason reason, string detail)
    {
        var goodbye = new Goodbye { Reason = reason, Detail = detail };
        PublishOn(lane, new LaneItem(this.GetPrimaryKeyLong(), epoch, 0, GoodbyeOp, goodbye.ToByteArray()));
        return Task.CompletedTask;
    }

    public async Task Ack(ulong epoch, ulong seq)
    {
        var through = Math.Min(seq, _head);
        if (epoch < attachment.State.Epoch || through <= _acked)
            return;
        await Written(logs.Trim(_log, through));
        _acked = through;
        Forget();
        Count();
    }

    public async Task<MailboxItem[]> Read(ulong fromSeq, int max)
    {
        var entries = await logs.Read(_log, fromSeq, Math.Clamp(max, 1, MaxPage));
        var items = new MailboxItem[entries.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = Decode(entries[i]);
        return items;
    }

    /// <summary>Whether a sender has room left. The senders in the log are read when it can first matter.</summary>
    private async Task<bool> IsWithinShare(long sender)
    {
        if (sender == 0 || sender == PlayerId || Backlog < ShareOfSender)
            return true;
        _senders ??= await ReadSenders();
        return (ulong)_senders.Count(sender) < ShareOfSender;
    }

    private async Task<SenderShares> ReadSenders()
    {
        var senders = new SenderShares();
        try
        {
            for (var next = _acked + 1; next <= _head;)
            {
                var entries = await logs.Read(_log, next, MaxPage);
                foreach (var entry in entries)
                    senders.Add(entry.Seq, SenderOf(entry));
                next = entries.Count == 0 ? _head + 1 : entries[^1].Seq + 1;
            }
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The mailbox of player {PlayerId} cannot be read now.", e);
        }

        return senders;
    }

    private void Forget()
    {
        if (Backlog < ShareOfSender)
            _senders = null;
        else
            _senders?.Trim(_acked);
    }

    /// <summary>
    /// What was posted before under this id, or null. A message that is already in is not refused when it is posted
    /// again.
    /// </summary>
    private async Task<MailboxItem?> Known(string messageId, uint op, byte[] body)
    {
        try
        {
            // A number that is taken: the log knows the id or refuses.
            return new MailboxItem((await logs.Append(_log, _head, messageId, Encode(op, body))).Seq, op, body);
        }
        catch (LogFencedException)
        {
            metrics.Refused.Add(1);
            return null;
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }
    }

    /// <summary>Everything unacknowledged gives way to a Resync, in one step.</summary>
    private async Task Overflow(ulong dropped)
    {
        var body = new Resync { Dropped = dropped }.ToByteArray();
        await Written(logs.Replace(_log, _head + 1, Encode(ResyncOp, body)));
        _head++;
        _acked = _head - 1;
        Forget();
        metrics.Overflows.Add(1);
        Count();
        Publish(new MailboxItem(_head, ResyncOp, body));
    }

    private void Publish(MailboxItem item)
    {
        var (epoch, lane) = (attachment.State.Epoch, attachment.State.Lane);
        if (lane is not null)
            PublishOn(lane,
                new LaneItem(this.GetPrimaryKeyLong(), epoch, item.Seq, item.Op, item.Body, SentUs: NowUs()));
    }

    private static long NowUs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void Count() => _share.Set(metrics, attachment.State.Lane is not null, _head - _acked);

    private void PublishOn(string lane, LaneItem item) =>
        this.GetStreamProvider(Lane.Provider).GetStream<LaneItem>(Lane.Stream(lane)).OnNextAsync(item).Ignore();

    private async Task Written(Task write)
    {
        try
        {
            await write;
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }
    }

    /// <summary>
    /// After a write that failed, or may have, this activation knows nothing for sure and makes room for a new one.
    /// </summary>
    private OutcomeUnknownException Unclear(Exception e)
    {
        DeactivateOnIdle();
        return new OutcomeUnknownException($"The mailbox of player {this.GetPrimaryKeyLong()} was not written.", e);
    }

    private static byte[] Encode(uint op, ReadOnlySpan<byte> body, long sender = 0)
    {
        var head = HeadBytes(sender != 0);
        var item = new byte[head + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(item, sender == 0 ? op : op | HasSender);
        if (sender != 0)
            BinaryPrimitives.WriteInt64BigEndian(item.AsSpan(sizeof(uint)), sender);
        body.CopyTo(item.AsSpan(head));
        return item;
    }

    private static MailboxItem Decode(LogEntry entry)
    {
        var op = BinaryPrimitives.ReadUInt32BigEndian(entry.Item);
        return new MailboxItem(
            entry.Seq, op & ~HasSender, entry.Item.AsSpan(HeadBytes((op & HasSender) != 0)).ToArray());
    }

    private static long SenderOf(LogEntry entry) =>
        (BinaryPrimitives.ReadUInt32BigEndian(entry.Item) & HasSender) == 0
            ? 0
            : BinaryPrimitives.ReadInt64BigEndian(entry.Item.AsSpan(sizeof(uint)));

    private static int HeadBytes(bool hasSender) => hasSender ? sizeof(uint) + sizeof(long) : sizeof(uint);
}
