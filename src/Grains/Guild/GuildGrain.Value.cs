using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Guild;

/// <summary>
/// What players give: the fee that founds the guild, and donations. Each is taken once, or refused for good.
/// </summary>
public sealed partial class GuildGrain
{
    public async Task<TransferAnswer> Receive(ValueTransfer transfer)
    {
        if (TransferRules.Find(Record.Received, transfer.Id) is { } known)
            return new TransferAnswer(known.Error, known.Reply.ToByteArray());
        var gift = GuildGift.Parser.ParseFrom(transfer.Details);
        var act = new GuildAct(gift.Player, gift.Name, gift.Level, NowMs);
        if (gift.WhatCase == GuildGift.WhatOneofCase.Founding)
            return await Found(transfer, act, gift.Founding);

        var amount = Protocol.Value.Parser.ParseFrom(transfer.Value).Currencies.Single();
        var decision = GuildRules.Donate(State, Rules, act, amount.Currency, amount.Amount, out var points);
        return await Answer(
            transfer, decision, new DonateToGuildReply { Version = State.Version, Points = points });
    }

    public async Task Forget(string[] transferIds)
    {
        foreach (var id in transferIds)
            TransferRules.Close(Record.Received, id, NowMs);
        // Written along with the next change; one that was never founded has none.
        if (State.Version == 0 && Record.Received.Count > 0)
            await Commit();
    }

    /// <summary>
    /// Leaves nothing behind of a guild that was never founded, once its founder cannot ask any more.
    /// </summary>
    private async Task GoIfNeverFounded()
    {
        if (!Record.Received.All(answer => TransferRules.IsOver(answer, NowMs)))
            return;
        await StopReminder();
        await storage.ClearStateAsync();
        DeactivateOnIdle();
    }

    /// <summary>
    /// Takes name, tag and founder, in this order, and gives back what it has if one of them is not to be had. Whatever
    /// is cut off here is repeated by the founder's grain, which holds the fee until it has an answer.
    /// </summary>
    private async Task<TransferAnswer> Found(ValueTransfer transfer, GuildAct act, GuildFounding founding)
    {
        var error = State.Version == 0 ? GuildRules.Validate(founding) : GameError.AlreadyInGuild;
        if (error != GameError.Ok)
            return await Answer(transfer, GuildDecision.Refused(error), null);
        await KeepReminder();
        var (name, tag) = GuildNames.Keys(founding.Name, founding.Tag);
        error = !await Take(name) ? GameError.GuildNameTaken
            : !await Take(tag) ? GameError.GuildTagTaken
            : await Membership(act.Player).Claim(MembershipKind.Guild, Id) != Id ? GameError.AlreadyInGuild
            : GameError.Ok;
        if (error != GameError.Ok)
        {
            // Those that are others' stay theirs.
            foreach (var key in name.Concat(tag))
                await Name(key).Release(Id);
            return await Answer(transfer, GuildDecision.Refused(error), null);
        }

        Record.HasNameKeys = true;
        var decision = GuildRules.Found(State, Rules, act, Id, founding);
        var reply = new CreateGuildReply { GuildId = (ulong)Id, Version = State.Version };
        var answer = await Answer(transfer, decision, reply);
        Begin();
        return answer;
    }

    private async Task<bool> Take(string[] keys)
    {
        foreach (var key in keys)
        {
            if (!await Name(key).Take(Id))
                return false;
        }

        return true;
    }

    /// <summary>
    /// A guild that was founded when names had one key takes the others. What another guild has by now stays that
    /// guild's.
    /// </summary>
    private async Task TakeOtherKeys()
    {
        if (Record.HasNameKeys || !GuildRules.Exists(State))
            return;
        try
        {
            var (name, tag) = GuildNames.Keys(State.Profile.Name, State.Profile.Tag);
            foreach (var key in name.Skip(1).Concat(tag.Skip(1)))
                await Name(key).Take(Id);
            // Saved with the next change; taking them again does no harm.
            Record.HasNameKeys = true;
        }
        catch (Exception e)
        {
            LogStillOwing(e, Id);
        }
    }

    /// <summary>The answer is written with what it says.</summary>
    private async Task<TransferAnswer> Answer(ValueTransfer transfer, GuildDecision decision, IMessage? reply)
    {
        var bytes = decision.Ok && reply is not null ? reply.ToByteString() : ByteString.Empty;
        TransferRules.Remember(Record.Received, transfer.Id, decision.Error, bytes, NowMs);
        Tell(decision);
        await Commit();
        DoSoon();
        return new TransferAnswer(decision.Error, bytes.ToByteArray());
    }

    private INameGrain Name(string key) => GrainFactory.GetGrain<INameGrain>(key);
}
