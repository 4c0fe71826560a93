using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Guild;

/// <summary>
/// A guild: decides by the rules, commits in one write whatever its size, tells those who are there. What comes in is
/// in GuildGrain.Value.cs, what it owes in GuildGrain.Duties.cs, who is there in GuildGrain.Presence.cs.
/// </summary>
[GrainType(ValueReceivers.Guild), Role(Roles.Social)]
public sealed partial class GuildGrain(
    [PersistentState("guild", "Default")] IPersistentState<GuildRecord> storage,
    Catalogue catalogue,
    TimeProvider time,
    IOptions<GuildOptions> options,
    ILogger<GuildGrain> logger) : Grain, IGuildGrain, IChatAudience, IValueReceiver, IRemindable
{
    private static readonly uint ChangedOp = Opcodes.OfPush<GuildChanged>().Op;
    private static readonly uint InviteOp = Opcodes.Of<InviteToGuildRequest>().Op;
    private static readonly uint AcceptOp = Opcodes.Of<AcceptGuildInviteRequest>().Op;
    private static readonly uint JoinOp = Opcodes.Of<JoinGuildRequest>().Op;

    /// <summary>The last write. While it is under way, memory runs ahead of storage.</summary>
    private Task _saving = Task.CompletedTask;

    private long Id => this.GetPrimaryKeyLong();

    private GuildRecord Record => storage.State;

    private GuildState State => storage.State.Guild;

    private GuildDefinition Rules => catalogue.Guild;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Record.Guild ??= new GuildState();
        if (State.Version > 0)
            Begin();
        return Task.CompletedTask;
    }

    public async Task<Outcome> Order(GuildActor actor, uint op, byte[] request, GuildPerson? target)
    {
        if (KeyedAnswerRules.Find(Record.Answered, actor.PlayerId, actor.Key) is { } known)
        {
            return KeyedAnswerRules.IsReused(known, actor.Key)
                ? Outcome.Refused(GameError.RequestIdReused)
                : new Outcome(GameError.Ok, known.Reply.ToByteArray());
        }

        if (op == InviteOp && !await HasRoom(ClientInput.Parse<InviteToGuildRequest>(request).PlayerId, actor.PlayerId))
            return Refused(GameError.MailboxFull);
        // A block ends invitations, also if its withdrawal is still on the way.
        if ((op == AcceptOp || op == JoinOp)
            && GuildRules.InvitedBy(State, actor.PlayerId, NowMs) is not 0 and var by
            && (await GrainFactory.GetGrain<ISocialGrain>(by).Blocked()).Contains(actor.PlayerId))
            await Withdraw(by, actor.PlayerId);
        var act = new GuildAct(actor.PlayerId, actor.Name, actor.Level, NowMs, actor.Key);
        var decision = GuildCommands.Decide(op, new GuildScene(State, Rules, act, target), request);
        if (!decision.Ok)
            return Refused(decision.Error);
        if (decision.Joining != 0)
        {
            await ClaimFor(decision.Joining, op);
            return await Join(actor, op, decision.Joining);
        }

        var reply = Remember(actor.PlayerId, actor.Key, op, joined: false);
        Tell(decision);
        await Commit();
        return await Answer(actor.PlayerId, reply);
    }

    public async Task Withdraw(long by, long player)
    {
        if (GuildRules.Withdraw(State, Rules, by, player, NowMs) is { } decision)
        {
            Tell(decision);
            await Commit();
            DoSoon();
        }
        else if (State.Version == 0)
        {
            DeactivateOnIdle();
        }
    }

    public async Task<Outcome> Read(long player, uint op, byte[] request)
    {
        if (State.Version == 0)
            return Refused(op == GuildReads.GetOp ? GameError.GuildNotFound : GameError.NotInGuild);
        // Who is claimed for this guild and does not belong to it would be kept from every other.
        if (op != GuildReads.GetOp && GuildRules.Member(State, player) is null)
            await ReleaseStranger(player);
        return GuildReads.Answer(op, new GuildReading(State, Rules, player, NowMs, ShowPresence), request);
    }

    public async Task<long[]> Listeners()
    {
        // This may run while a write is under way, and memory is ahead of storage.
        await _saving;
        return [.. State.Members.Select(member => member.Player)];
    }

    /// <summary>
    /// Saves that somebody is about to become a member. A release that is still owed goes first: it would undo the
    /// claim.
    /// </summary>
    private async Task ClaimFor(long player, uint op)
    {
        State.Joining.First(joining => joining.Player == player).Op = op;
        try
        {
            foreach (var duty in State.Duties.Where(duty => duty.Release && duty.Player == player).ToArray())
                await Pay(duty);
        }
        catch (Exception e)
        {
            // The intent is in memory alone.
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"Player {player} is not released by guild {Id} yet.", e);
        }

        await Commit();
    }

    /// <summary>
    /// Claims the membership of one who was noted as joining, and finishes or gives up by the answer.
    /// </summary>
    private async Task<Outcome> Join(GuildActor? actor, uint op, long player)
    {
        var joining = State.Joining.First(each => each.Player == player);
        long holder;
        try
        {
            holder = await Membership(player).Claim(MembershipKind.Guild, Id);
        }
        catch (Exception e)
        {
            TendAgain();
            throw new OutcomeUnknownException($"Player {player} is on the way into guild {Id}.", e);
        }

        var joined = holder == Id;
        var decision = joined
            ? GuildRules.Joined(State, Rules, player, NowMs)
            : GuildRules.NotJoined(State, Rules, player, NowMs);
        var reply = ByteString.Empty;
        if (joined)
        {
            reply = Remember(joining.Actor, joining.Key, joining.Op, joined);
            // Somebody else's command may have met one who was on the way already.
            if (actor is not null && (actor.PlayerId, actor.Key) != (joining.Actor, joining.Key))
                reply = Remember(actor.PlayerId, actor.Key, op, joined);
        }

        Tell(decision);
        await Commit();
        // What was known of a former member may have changed untold.
        _presence.Remove(player);
        LookSoon();
        if (joined && actor is not null)
            return await Answer(actor.PlayerId, reply);
        DoSoon();
        return Outcome.Refused(joined ? GameError.Ok : GameError.AlreadyInGuild);
    }

    private ByteString Remember(long player, string key, uint op, bool joined)
    {
        var version = GuildRules.Member(State, player) is null ? 0 : State.Version;
        var reply = GuildCommands.Reply(op, joined, version).ToByteString();
        KeyedAnswerRules.Remember(Record.Answered, player, key, reply, NowMs);
        return reply;
    }

    /// <summary>Notes a decided change for the members, to be saved with it.</summary>
    private void Tell(GuildDecision decision)
    {
        if (decision.Change is { } change)
        {
            Record.Untold.Add(new PendingPush
            {
                MessageId = $"guild/{Id:x}/{change.Version}",
                Op = ChangedOp,
                Body = change.ToByteString(),
            });
        }
    }

    /// <summary>
    /// What is owed to the one who asks comes first: the push before the answer, and who has left is free to go
    /// elsewhere by then. What fails here is done beside the commands, as the rest.
    /// </summary>
    private async Task<Outcome> Answer(long player, ByteString reply)
    {
        var pushes = new List<MailboxItem>();
        try
        {
            foreach (var duty in State.Duties.Where(
                duty => duty.Name.Length > 0 || (duty.Release && duty.Player == player)).ToArray())
                await Pay(duty);
            if (GuildRules.Member(State, player) is not null)
            {
                foreach (var push in Record.Untold.ToArray())
                    pushes.Add((await Post(player, push, PostKind.ChangeWithReply))!);
            }
        }
        catch (Exception e)
        {
            LogStillOwing(e, Id);
        }

        DoSoon();
        return new Outcome(GameError.Ok, reply.ToByteArray(), [.. pushes], pushes.Count == 0 ? 0 : pushes[^1].Seq);
    }

    private Task<bool> HasRoom(ulong receiver, long sender) =>
        Mailbox((long)receiver).HasRoomFor(sender, PostKind.Message);

    private Outcome Refused(GameError error)
    {
        // Asking for guilds that do not exist must not fill the memory.
        if (State.Version == 0)
            DeactivateOnIdle();
        return Outcome.Refused(error);
    }

    private IMembershipGrain Membership(long player) => GrainFactory.GetGrain<IMembershipGrain>(player);

    /// <summary>
    /// Saves the record. After a write that failed, or may have, this activation ends and the next one loads what is
    /// true.
    /// </summary>
    private Task Commit() => _saving = Save();

    private async Task Save()
    {
        // Transfers that were delivered before this write are not in it any more.
        var delivered = _delivered.ToArray();
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"Guild {Id} was not saved.", e);
        }

        _undoneUnsaved = false;
        foreach (var (player, transfer) in delivered)
        {
            GrainFactory.GetValueReceiver(ValueReceivers.Player, player).Forget([transfer]).Ignore();
            _delivered.Remove((player, transfer));
        }
    }
}
