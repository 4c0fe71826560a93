using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Player;

/// <summary>
/// Value on its way out of a player's hands, and in. What leaves is written together with the transfer that carries it;
/// the transfer is repeated, after a crash as well, until the receiver has taken or refused it.
/// </summary>
public sealed partial class PlayerGrain
{
    /// <summary>A write that another grain decides, under this player's fence.</summary>
    /// <param name="call">
    /// Gets the key by which the other grain tells repetitions of this request apart; empty for a notification.
    /// </param>
    private async Task<Outcome> Relay(Caller caller, Func<string, Task<Outcome>> call)
    {
        if (Admit(caller) is { } refused)
            return refused;
        var outcome = await call(
            KeyedAnswerRules.KeyOf(caller.SessionId, caller.RequestId, caller.Op, caller.BodyHash));
        return outcome.Error == GameError.Ok ? outcome : await Refuse(caller, outcome);
    }

    /// <summary>Gives value to another grain, and answers with what that grain says.</summary>
    /// <param name="value">Checked by <see cref="ValueRules.Validate"/> if it came from a client.</param>
    /// <param name="details">What the receiver has to know besides.</param>
    private async Task<Outcome> Send<TRequest>(
        Caller caller, Value value, string reason, string receiver, long key, IMessage? details)
        where TRequest : IMessage<TRequest>
    {
        if (Admit(caller) is { } refused)
            return refused;
        if (FindTransfer(caller) is { } begun)
            return await Deliver(begun, PostKind.ChangeWithReply);

        var decision = ValueRules.Take(State, catalogue, ActOf(caller), value, reason, out var taken);
        if (!decision.Ok)
            return await Refuse(caller, Outcome.Refused(decision.Error));
        var outgoing = Depart(taken, reason, receiver, key, details);
        (outgoing.SessionId, outgoing.RequestId) = (caller.SessionId, caller.RequestId);
        (outgoing.Op, outgoing.BodyHash) = (Opcodes.Of<TRequest>().Op, caller.BodyHash);
        Tell(decision);
        await KeepReminder();
        await Commit();
        var pushes = await PostOutbox(PostKind.ChangeWithReply);
        var outcome = await Deliver(outgoing, PostKind.ChangeWithReply);
        await ArchiveLedger();
        return outcome with { Pushes = [.. pushes, .. outcome.Pushes ?? []], AfterSeq = _postedSeq };
    }

    /// <summary>The transfer that an earlier try of this request has begun, if it is still open.</summary>
    private OutgoingTransfer? FindTransfer(Caller caller) => caller.RequestId == 0
        ? null
        : Record.Outgoing.FirstOrDefault(
            open => open.RequestId == caller.RequestId && open.SessionId == caller.SessionId);

    public async Task<TransferAnswer> Receive(ValueTransfer transfer)
    {
        if (TransferRules.Find(Record.Received, transfer.Id) is { } known)
            return new TransferAnswer(known.Error, known.Reply.ToByteArray());

        var value = Value.Parser.ParseFrom(transfer.Value);
        var act = new Act(transfer.Id, NowMs);
        if (!transfer.MustTake)
        {
            var whole = ValueRules.Give(State, catalogue, act, value, transfer.Reason);
            return await Answer(transfer, whole.Error, null, whole);
        }

        var decision = ValueRules.GiveWhatFits(State, catalogue, act, value, transfer.Reason, out var rest);
        if (decision.Ok && !ValueRules.IsEmpty(rest))
        {
            // It is this player's now, and waits in the letters until there is room.
            Depart(rest, transfer.Reason, ValueReceivers.Letters, PlayerId, null);
            await KeepReminder();
        }

        return await Answer(transfer, decision.Error, null, decision);
    }

    public async Task<TransferAnswer> Take(ValueTransfer transfer)
    {
        if (TransferRules.Find(Record.Received, transfer.Id) is { } known)
            return new TransferAnswer(known.Error, known.Reply.ToByteArray());

        var value = Value.Parser.ParseFrom(transfer.Value);
        var decision = ValueRules.Take(
            State, catalogue, new Act(transfer.Id, NowMs), value, transfer.Reason, out var taken);
        return await Answer(transfer, decision.Error, decision.Ok ? taken : null, decision);
    }

    public Task Forget(string[] transferIds)
    {
        // Written along with the next change.
        foreach (var id in transferIds)
            TransferRules.Close(Record.Received, id, NowMs);
        return Task.CompletedTask;
    }

    private async Task<TransferAnswer> Answer(
        ValueTransfer transfer, GameError error, IMessage? reply, Decision decision)
    {
        var answer = TransferRules.Remember(
            Record.Received, transfer.Id, error, reply?.ToByteString() ?? ByteString.Empty, NowMs);
        Tell(decision);
        await Commit();
        await PostOutbox(PostKind.Change);
        await ArchiveLedger();
        DeliverSoon();
        return new TransferAnswer(answer.Error, answer.Reply.ToByteArray());
    }

    private OutgoingTransfer Depart(Value value, string reason, string receiver, long key, IMessage? details)
    {
        var number = Record.NextTransfer = Math.Max(Record.NextTransfer, 1);
        Record.NextTransfer++;
        var outgoing = new OutgoingTransfer
        {
            Transfer = new Transfer
            {
                Id = $"player/{PlayerId:x}/{number}",
                Value = value,
                Reason = reason,
                From = PlayerId,
                Details = details?.ToByteString() ?? ByteString.Empty,
                AtMs = NowMs,
            },
            Receiver = receiver,
            ReceiverKey = key,
        };
        Record.Outgoing.Add(outgoing);
        return outgoing;
    }

    /// <summary>
    /// Hands a transfer over, and closes it in one write: with the receiver's reply, or with the value back here.
    /// </summary>
    private async Task<Outcome> Deliver(OutgoingTransfer outgoing, PostKind kind)
    {
        var transfer = outgoing.Transfer;
        var receiver = GrainFactory.GetValueReceiver(outgoing.Receiver, outgoing.ReceiverKey);
        TransferAnswer answer;
        try
        {
            answer = await receiver.Receive(new ValueTransfer(
                transfer.Id, transfer.Value.ToByteArray(), transfer.Reason, transfer.From,
                transfer.Details.ToByteArray()));
        }
        catch (Exception e)
        {
            DeliverSoon();
            throw new OutcomeUnknownException($"Transfer {transfer.Id} is under way.", e);
        }

        Record.Outgoing.Remove(outgoing);
        if (answer.Error != GameError.Ok)
            TakeBack(transfer);
        var reply = answer.Reply ?? NoReply;
        if (outgoing.SessionId == Record.Session.SessionId)
        {
            AnswerRules.Remember(
                Record, outgoing.RequestId, outgoing.Op, outgoing.BodyHash, ByteString.CopyFrom(reply), answer.Error);
        }

        await Commit();
        var pushes = await PostOutbox(kind);
        receiver.Forget([transfer.Id]).Ignore();
        return new Outcome(answer.Error, reply, pushes, _postedSeq, Settled: true);
    }

    private void TakeBack(Transfer transfer)
    {
        var back = ValueRules.Give(
            State, catalogue, new Act($"{transfer.Id}/back", NowMs), transfer.Value, $"{transfer.Reason}.back");
        if (back.Ok)
            Tell(back);
        else
            Depart(transfer.Value, $"{transfer.Reason}.back", ValueReceivers.Letters, PlayerId, null);
    }

    private void DeliverSoon()
    {
        if (Record.Outgoing.Count > 0)
            Tick();
    }

    /// <summary>Goes on with what a crash or a fault has cut off. What fails again is tried at the next tick.</summary>
    private async Task DeliverAll()
    {
        foreach (var outgoing in Record.Outgoing.ToArray())
        {
            try
            {
                await Deliver(outgoing, PostKind.Change);
            }
            catch (OutcomeUnknownException e)
            {
                LogTransferOpen(e, outgoing.Transfer.Id, outgoing.Receiver);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Transfer {TransferId} to {Receiver} is still open")]
    private partial void LogTransferOpen(Exception exception, string transferId, string receiver);
}
