using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Player;

/// <summary>The player's letters: sending them, and taking out what is in them.</summary>
public sealed partial class PlayerGrain
{
    /// <summary>The newest letter to all that the letter box has looked at.</summary>
    private ulong _broadcastsSeen;

    private ILetterBoxGrain Letters => GrainFactory.GetGrain<ILetterBoxGrain>(PlayerId);

    public async Task<Outcome> SendLetter(Caller caller, long to, string subject, string text, byte[] value)
    {
        if (Admit(caller) is { } refused)
            return refused;
        // What is under way already is not refused any more.
        if (FindTransfer(caller) is not null)
            return await SendReviewedLetter(caller, to, subject, text, value);
        return await Write(
            caller,
            [new Writing(subject, LetterLimits.Subject), new Writing(text, LetterLimits.Text, Lines: true)],
            shown => SendReviewedLetter(caller, to, shown[0], shown[1], value));
    }

    private async Task<Outcome> SendReviewedLetter(Caller caller, long to, string subject, string text, byte[] value)
    {
        var attached = ClientInput.Parse<Value>(value);
        var details = new LetterDetails
        {
            Kind = LetterKind.Player,
            FromName = State.Profile.Name,
            Subject = subject,
            Text = text,
        };
        if (FindTransfer(caller) is null)
        {
            var error = CheckLetter(to, details, attached);
            if (error != GameError.Ok)
                return await Refuse(caller, Outcome.Refused(error));
            if (await GrainFactory.GetGrain<IPlayerProfile>(to).GetPublicProfile() is not { } profile)
                return Outcome.Refused(GameError.PlayerNotFound);
            if (await IsBlockedBy(to))
                return Outcome.Refused(GameError.FriendBlocked);
            details.ToName = PublicProfile.Parser.ParseFrom(profile).Profile.Name;
        }

        return ValueRules.IsEmpty(attached)
            ? await SendText(caller, to, details)
            : await Send<SendLetterRequest>(
                caller, attached, FlowRules.LetterSent, ValueReceivers.Letters, to, details);
    }

    public async Task<Outcome> ListLetters(Caller caller, ulong beforeId, uint count) =>
        RefuseRead(caller) is { } refused
            ? Outcome.Refused(refused)
            : await Letters.List(beforeId, count, State.Profile.CreatedAtMs);

    public Task<Outcome> ReadLetter(Caller caller, ulong id) => Relay(caller, _ => Letters.Read(id));

    public Task<Outcome> DeleteLetter(Caller caller, ulong id) => Relay(caller, key => Letters.Delete(key, id));

    public Task<Outcome> DeleteReadLetters(Caller caller) => Relay(caller, Letters.DeleteRead);

    public async Task<Outcome> ClaimLetter(Caller caller, ulong id)
    {
        if (Admit(caller) is { } refused)
            return refused;
        var claim = await Letters.BeginClaim(id);
        if (claim.Error != GameError.Ok)
            return await Refuse(caller, Outcome.Refused(claim.Error));
        var (taken, answer) = TakeClaim(claim);
        return await Settle<ClaimLetterRequest>(caller, [new SettledTransfer(claim.Transfer!.Id, taken)], answer, null);
    }

    public async Task<Outcome> ClaimAllLetters(Caller caller)
    {
        if (Admit(caller) is { } refused)
            return refused;
        var reply = new ClaimAllLettersReply();
        var settled = new List<SettledTransfer>();
        foreach (var claim in await Letters.BeginClaims())
        {
            var (taken, answer) = TakeClaim(claim);
            settled.Add(new SettledTransfer(claim.Transfer!.Id, taken));
            if (answer == GameError.Ok)
                reply.Claimed.Add(claim.LetterId);
            else if (answer != GameError.LetterEmpty)
                reply.Refused.Add(new LetterRefusal { Id = claim.LetterId, Error = answer });
        }

        return await Settle<ClaimAllLettersRequest>(caller, [.. settled], GameError.Ok, reply);
    }

    private async Task<bool> IsBlockedBy(long other) =>
        (await GrainFactory.GetGrain<ISocialGrain>(other).Blocked()).Contains(PlayerId);

    /// <summary>
    /// Takes what a claim hands over, once, to be saved with the answer. A claim that an earlier request has taken, and
    /// that the letter box has not settled yet, is empty for this one.
    /// </summary>
    private (GameError Taken, GameError Answer) TakeClaim(LetterClaim claim)
    {
        var transfer = claim.Transfer!;
        if (TransferRules.Find(Record.Received, transfer.Id) is { } known)
            return (known.Error, known.Error == GameError.Ok ? GameError.LetterEmpty : known.Error);
        var decision = ValueRules.Give(
            State, catalogue, new Act(transfer.Id, NowMs), Value.Parser.ParseFrom(transfer.Value), transfer.Reason);
        TransferRules.Remember(Record.Received, transfer.Id, decision.Error, ByteString.Empty, NowMs);
        Tell(decision);
        return (decision.Error, decision.Error);
    }

    private async Task<Outcome> Settle<TRequest>(
        Caller caller, SettledTransfer[] settled, GameError error, IMessage? reply) where TRequest : IMessage<TRequest>
    {
        var body = reply?.ToByteString() ?? ByteString.Empty;
        Remember<TRequest>(caller, body, error);
        await Commit();
        var pushes = await PostOutbox(PostKind.ChangeWithReply);
        try
        {
            await Letters.Settle(settled);
        }
        catch (Exception e)
        {
            // It is this player's already; the letter box asks by itself.
            LogClaimOpen(e, PlayerId);
        }

        await ArchiveLedger();
        return new Outcome(error, body.ToByteArray(), pushes, _postedSeq, Settled: true);
    }

    private GameError CheckLetter(long to, LetterDetails details, Value attached)
    {
        if (to == 0)
            return GameError.PlayerNotFound;
        if (to == PlayerId)
            return GameError.InvalidArgument;
        if (!ValueRules.IsEmpty(attached))
            return ValueRules.Check(State, catalogue, attached, out _);
        return details.Text.Length == 0 ? GameError.InvalidArgument : GameError.Ok;
    }

    /// <summary>
    /// A letter without value: the receiver's box knows it by its id, and this player by the recorded answer.
    /// </summary>
    private async Task<Outcome> SendText(Caller caller, long to, LetterDetails details)
    {
        var id = caller.RequestId == 0
            ? $"letter/{Guid.NewGuid():N}"
            : $"letter/{PlayerId:x}/{caller.SessionId:x}/{caller.RequestId}";
        var box = GrainFactory.GetValueReceiver(ValueReceivers.Letters, to);
        var answer =
            await box.Receive(new ValueTransfer(id, [], FlowRules.LetterSent, PlayerId, details.ToByteArray()));
        Remember<SendLetterRequest>(caller, ByteString.Empty, answer.Error);
        await Commit();
        box.Forget([id]).Ignore();
        return new Outcome(answer.Error, Settled: true);
    }

    /// <summary>
    /// At a log-in and at heartbeats. What is lost here comes with the next heartbeat, or when letters are listed.
    /// </summary>
    private async Task PickUpLetters()
    {
        if (!PlayerRules.Exists(State))
            return;
        var head = await GrainFactory.GetGrain<IBroadcastWatchGrain>(0).Head();
        if (head > _broadcastsSeen)
            _broadcastsSeen = await Letters.PickUp(State.Profile.CreatedAtMs);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A claim of player {PlayerId} is done and not settled yet")]
    private partial void LogClaimOpen(Exception exception, long playerId);
}
