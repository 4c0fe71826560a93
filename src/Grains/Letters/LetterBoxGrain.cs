using GameBackend.Game;
using GameBackend.Grains.Values;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Letters;

/// <summary>A player's letters. This file is how they come, are read and go.</summary>
[GrainType(ValueReceivers.Letters), Role(Roles.Player)]
public sealed partial class LetterBoxGrain(
    [PersistentState("letters", "Default")] IPersistentState<LetterBoxRecord> storage,
    Catalogue catalogue,
    TimeProvider time,
    IOptions<ValueOptions> options,
    ILogger<LetterBoxGrain> logger) : Grain, ILetterBoxGrain, IValueReceiver, IRemindable
{
    private static readonly uint ArrivedOp = Opcodes.OfPush<LetterArrived>().Op;
    private static readonly uint GoneOp = Opcodes.OfPush<LettersGone>().Op;

    private LetterBoxRecord Box => storage.State;

    private long PlayerId => this.GetPrimaryKeyLong();

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saved = [.. Box.Outgoing];
        await PostOutbox();
        PumpSoon();
    }

    /// <summary>The next activation goes on with what is open.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _ended = true;
        return Task.CompletedTask;
    }

    public async Task<TransferAnswer> Receive(ValueTransfer transfer)
    {
        if (TransferRules.Find(Box.Received, transfer.Id) is { } known)
            return new TransferAnswer(known.Error);
        var hasRoom = await GrainFactory.GetGrain<IMailboxGrain>(PlayerId).HasRoomFor(transfer.From, PostKind.Change);
        var arriving = LetterRules.Unpack(
            new Transfer
            {
                Id = transfer.Id,
                Value = Value.Parser.ParseFrom(transfer.Value),
                Reason = transfer.Reason,
                From = transfer.From,
                Details = ByteString.CopyFrom(transfer.Details),
            },
            NowMs);
        var error = arriving.Letter is { Kind: LetterKind.Operator, Value: { } gift }
            ? ValueRules.ValidateGift(catalogue, gift)
            : GameError.Ok;
        if (error == GameError.Ok && arriving.Letter.Kind == LetterKind.Player && !hasRoom)
            error = GameError.MailboxFull;
        if (error == GameError.Ok)
            error = TakeIn(arriving);
        TransferRules.Remember(Box.Received, transfer.Id, error, ByteString.Empty, NowMs);
        await Commit();
        return new TransferAnswer(error);
    }

    public async Task<GameError> TakeOperatorLetter(
        string key, string subject, string text, byte[] gift, DateTimeOffset expires)
    {
        var error = LetterRules.ValidateText(subject, text);
        if (error != GameError.Ok)
            return error;
        var details = new LetterDetails
        {
            Kind = LetterKind.Operator,
            Subject = subject,
            Text = text,
            ExpiresAtMs = expires.ToUnixTimeMilliseconds(),
        };
        var letter = new ValueTransfer($"operator/{key}", gift, LetterRules.Gift, 0, details.ToByteArray());
        return (await Receive(letter)).Error;
    }

    public Task Forget(string[] transferIds)
    {
        // Written along with the next change.
        foreach (var id in transferIds)
            TransferRules.Close(Box.Received, id, NowMs);
        return Task.CompletedTask;
    }

    public async Task<Outcome> List(ulong beforeId, uint count, long playerCreatedAtMs)
    {
        if (count > LetterLimits.Page)
            return Outcome.Refused(GameError.PageInvalid);
        await PickUp(playerCreatedAtMs);
        return Outcome.Of(LetterRules.List(Box, beforeId, count));
    }

    public async Task<Outcome> Read(ulong id)
    {
        var wasRead = LetterRules.Find(Box, id) is { Letter.Read: true };
        var error = LetterRules.Read(Box, id, out var letter);
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        if (!wasRead)
            await Commit();
        return Outcome.Of(new ReadLetterReply { Letter = letter });
    }

    public Task<Outcome> Delete(string key, ulong id) =>
        Once(key, () => (LetterRules.Delete(Box, id), new DeleteLetterReply()));

    public Task<Outcome> DeleteRead(string key) => Once(
        key, () => (GameError.Ok, new DeleteReadLettersReply { Deleted = (uint)LetterRules.DeleteRead(Box) }));

    public async Task<ulong> PickUp(long playerCreatedAtMs)
    {
        var changed = Sweep();
        var head = await GrainFactory.GetGrain<IBroadcastWatchGrain>(0).Head();
        if (head > Box.BroadcastsSeen)
            changed |= await TakeBroadcasts(playerCreatedAtMs);
        if (changed)
            await Commit();
        return Box.BroadcastsSeen;
    }

    public Task<byte[]> Held()
    {
        var reply = new ReadHoldingsReply { Settled = Box.Outgoing.Count == 0 };
        reply.Letters.AddRange(LetterRules.Held(Box).ToMessages());
        return Task.FromResult(reply.ToByteArray());
    }

    private async Task<bool> TakeBroadcasts(long playerCreatedAtMs)
    {
        var seen = Box.BroadcastsSeen;
        var news = BroadcastRecord.Parser.ParseFrom(await GrainFactory.GetGrain<IBroadcastGrain>(0).After(seen));
        foreach (var broadcast in news.Broadcasts)
        {
            // Who has no room gets it once there is.
            if (broadcast.SentAtMs >= playerCreatedAtMs && TakeIn(LetterRules.Unpack(broadcast, NowMs)) != GameError.Ok)
                return Box.BroadcastsSeen != seen;
            Box.BroadcastsSeen = broadcast.Number;
        }

        Box.BroadcastsSeen = Math.Max(Box.BroadcastsSeen, news.Last);
        return Box.BroadcastsSeen != seen;
    }

    private GameError TakeIn(StoredLetter arriving)
    {
        Sweep();
        var error = LetterRules.Arrive(Box, arriving, out var evicted);
        if (error != GameError.Ok)
            return error;
        TellGone(evicted, LetterEnd.Evicted);
        var added = LetterRules.Divide(Box, catalogue);
        TellArrived(arriving.Letter.Clone());
        foreach (var letter in added)
            TellArrived(letter);
        return GameError.Ok;
    }

    private bool Sweep()
    {
        var expired = LetterRules.Sweep(Box, PlayerId, NowMs);
        TellGone(expired, LetterEnd.Expired);
        // One that has come back may be too big, and so may those be that came before letters were divided.
        var added = LetterRules.Divide(Box, catalogue);
        foreach (var letter in added)
            TellArrived(letter);
        return expired.Count + added.Count > 0;
    }

    private void TellArrived(Letter letter) =>
        Tell($"letter/{letter.Id}", ArrivedOp, new LetterArrived { Letter = letter });

    private void TellGone(IReadOnlyList<ulong> ids, LetterEnd reason)
    {
        if (ids.Count > 0)
            Tell($"letters-gone/{ids[^1]}", GoneOp, new LettersGone { Ids = { ids }, Reason = reason });
    }

    private void Tell(string messageId, uint op, IMessage push) =>
        Box.Outbox.Add(new PendingPush { MessageId = messageId, Op = op, Body = push.ToByteString() });

    private async Task<Outcome> Once(string key, Func<(GameError Error, IMessage Reply)> change)
    {
        if (KeyedAnswerRules.Find(Box.Answers, PlayerId, key) is { } known)
        {
            return KeyedAnswerRules.IsReused(known, key)
                ? Outcome.Refused(GameError.RequestIdReused)
                : new Outcome(GameError.Ok, known.Reply.ToByteArray());
        }

        var (error, reply) = change();
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        KeyedAnswerRules.Remember(Box.Answers, PlayerId, key, reply.ToByteString(), NowMs);
        await Commit();
        return Outcome.Of(reply);
    }

    private async Task Commit()
    {
        await KeepReminder();
        try
        {
            await storage.WriteStateAsync();
            _saved = [.. Box.Outgoing];
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }

        await PostOutbox();
        PumpSoon();
    }

    /// <summary>Emptied in memory only: what is posted again after a crash is known by its id.</summary>
    private async Task PostOutbox()
    {
        var mailbox = GrainFactory.GetGrain<IMailboxGrain>(PlayerId);
        try
        {
            foreach (var push in Box.Outbox)
                await mailbox.PostFrom(
                    SenderOf(push), push.MessageId, push.Op, push.Body.ToByteArray(), PostKind.Change);
        }
        catch (Exception e)
        {
            throw Unclear(e);
        }

        Box.Outbox.Clear();
    }

    private static long SenderOf(PendingPush push) =>
        push.Op == ArrivedOp && LetterArrived.Parser.ParseFrom(push.Body).Letter is { Kind: LetterKind.Player } letter
            ? (long)letter.From
            : 0;

    /// <summary>This activation ends, and the next one loads what is true.</summary>
    private OutcomeUnknownException Unclear(Exception e)
    {
        DeactivateOnIdle();
        return new OutcomeUnknownException($"The letters of player {PlayerId} were not saved, or not told.", e);
    }
}
