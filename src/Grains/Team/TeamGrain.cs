using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Team;

/// <summary>
/// A team: decides by the rules, commits, tells. What it owes its players stands in its record and is paid beside the
/// commands; see the other file.
/// </summary>
[GrainType("team"), Role(Roles.Social)]
public sealed partial class TeamGrain(
    [PersistentState("team", "Default")] IPersistentState<TeamRecord> storage,
    Catalogue catalogue,
    TimeProvider time,
    ILogger<TeamGrain> logger) : Grain, ITeamGrain, IRemindable
{
    private Task _saving = Task.CompletedTask;

    private long Id => this.GetPrimaryKeyLong();

    private TeamRecord Record => storage.State;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        TeamRules.Restore(Record, catalogue);
        if (Record.Id != 0)
            TendSoon();
        return Task.CompletedTask;
    }

    public Task<Outcome> Create(TeamActor actor, TeamWishes wishes) => Join(
        actor, Joiner(actor), new CreateTeamReply { TeamId = (ulong)Id },
        joiner => TeamRules.Create(Record, catalogue, Id, Settings(wishes), joiner, NowMs));

    public Task<Outcome> Invite(TeamActor actor, long player, string name) => Do(
        actor, () => TeamRules.Invite(Record, actor.PlayerId, player, name, NowMs), receiver: player);

    public async Task<Outcome> AnswerInvite(TeamActor actor, bool accept)
    {
        if (!accept)
            return await Do(actor, () => TeamRules.DeclineInvite(Record, actor.PlayerId, NowMs));
        // A block ends invitations, also those of one who is not in the team any more.
        if (TeamRules.InvitedBy(Record, actor.PlayerId, NowMs) is not 0 and var by
            && (await GrainFactory.GetGrain<ISocialGrain>(by).Blocked()).Contains(actor.PlayerId))
            await Withdraw(by, actor.PlayerId);
        return await Join(actor, Joiner(actor), null, joiner => TeamRules.AcceptInvite(Record, joiner, NowMs));
    }

    public async Task Withdraw(long one, long other)
    {
        if (!TeamRules.Withdraw(Record, one, other))
        {
            if (!TeamRules.Exists(Record))
                DeactivateOnIdle();
            return;
        }

        await Commit();
        PaySoon();
    }

    public async Task<Outcome> Ask(TeamActor actor)
    {
        var reply = new AskForTeamReply { TeamId = (ulong)Id, Joined = true };
        if (TeamRules.Exists(Record) && !TeamRules.JoinsAtOnce(Record, actor.PlayerId, NowMs))
        {
            reply.Joined = false;
            return await Do(actor, () => TeamRules.Ask(Record, Joiner(actor), NowMs), reply);
        }

        return await Join(actor, Joiner(actor), reply, joiner => TeamRules.JoinOpen(Record, joiner, NowMs));
    }

    public Task<Outcome> AnswerAsk(TeamActor actor, long player, ulong lostBefore, bool accept)
    {
        var name = Record.Asking.FirstOrDefault(wish => wish.Player == player)?.Name ?? "";
        return accept
            ? Join(actor, new TeamJoiner(player, name, lostBefore), null,
                joiner => TeamRules.AcceptAsk(Record, actor.PlayerId, joiner, NowMs))
            : Do(actor, () => TeamRules.DeclineAsk(Record, actor.PlayerId, player, NowMs));
    }

    public Task<Outcome> Leave(TeamActor actor) => Do(actor, () => TeamRules.Leave(Record, actor.PlayerId, NowMs));

    public Task<Outcome> Kick(TeamActor actor, long player) => Do(
        actor, () => TeamRules.Kick(Record, actor.PlayerId, player, NowMs));

    public Task<Outcome> Transfer(TeamActor actor, long player) => Do(
        actor, () => TeamRules.Transfer(Record, actor.PlayerId, player));

    public Task<Outcome> Configure(TeamActor actor, TeamWishes wishes) => Do(
        actor, () => TeamRules.Configure(Record, catalogue, actor.PlayerId, Settings(wishes)));

    public Task<Outcome> SetReady(TeamActor actor, bool ready) => Do(
        actor, () => TeamRules.SetReady(Record, actor.PlayerId, ready));

    public async Task<Outcome> Fetch(long player)
    {
        if (TeamRules.Member(Record, player) is not null)
            return Outcome.Of(TeamOutbox.View(Record));
        // Who is claimed for this team and does not belong to it would be kept from every other.
        if (Record.Joining.All(each => each.Player != player))
            await Membership(player).Release(MembershipKind.Team, Id);
        return Refused(GameError.TeamNotIn);
    }

    public async Task SetAway(long player, bool away)
    {
        if (!TeamRules.SetAway(Record, player, away))
            return;
        await Commit();
        PaySoon();
    }

    public async Task SetName(long player, string name)
    {
        if (!TeamRules.SetName(Record, player, name))
            return;
        await Commit();
        PaySoon();
    }

    public async Task AccountLost(long player, ulong lost)
    {
        if (!TeamRules.AccountLost(Record, player, lost, NowMs))
            return;
        await Commit();
        PaySoon();
    }

    public async Task<long[]> Members()
    {
        // This may run while a write is under way, and memory is ahead of storage.
        await _saving;
        ForgetIfUnknown();
        return [.. Record.Members.Select(member => member.Player).OrderByDescending(player => player == Record.Leader)];
    }

    /// <summary>A command: takes effect once for a player and key, in one write with what is to be told.</summary>
    /// <param name="receiver">Whose mailbox has to have room for it; 0 if none.</param>
    private async Task<Outcome> Do(
        TeamActor actor, Func<GameError> rule, IMessage? reply = null, long receiver = 0)
    {
        if (KeyedAnswerRules.Find(Record.Done, actor.PlayerId, actor.Key) is { } done)
            return await Repeat(actor, done);
        if (receiver != 0 && TeamRules.Exists(Record)
            && !await GrainFactory.GetGrain<IMailboxGrain>(receiver).HasRoomFor(actor.PlayerId, PostKind.Message))
            return Refused(GameError.MailboxFull);
        var error = rule();
        if (error != GameError.Ok)
            return Refused(error);
        var encoded = reply?.ToByteString() ?? ByteString.Empty;
        KeyedAnswerRules.Remember(Record.Done, actor.PlayerId, actor.Key, encoded, NowMs);
        await Commit();
        return await Answer(actor, encoded);
    }

    /// <summary>
    /// A command that makes somebody a member. What is about to happen is written first, then the player is claimed,
    /// and with the claim in hand the player is a member: whatever is cut off goes on from what was written.
    /// </summary>
    private async Task<Outcome> Join(
        TeamActor actor, TeamJoiner joiner, IMessage? reply, Func<TeamJoiner, GameError> rule)
    {
        if (KeyedAnswerRules.Find(Record.Done, actor.PlayerId, actor.Key) is { } done)
            return await Repeat(actor, done);
        // A release that is still owed would otherwise undo the new claim.
        if (Record.Releasing.Contains(joiner.Player))
            await Pay(throws: true);
        if (Record.Joining.FirstOrDefault(each => each.Player == joiner.Player) is null)
        {
            var error = rule(joiner);
            if (error != GameError.Ok)
                return Refused(error);
        }

        var encoded = reply?.ToByteString() ?? ByteString.Empty;
        Record.Joining.First(each => each.Player == joiner.Player).Request =
            new KeyedAnswer { Player = actor.PlayerId, Key = actor.Key, Reply = encoded };
        await KeepReminder();
        await Commit();
        return await Claim(joiner.Player) ? await Answer(actor, encoded) : Refused(GameError.TeamAlreadyIn);
    }

    private async Task<bool> Claim(long player)
    {
        long holder;
        try
        {
            holder = await Membership(player).Claim(MembershipKind.Team, Id);
        }
        catch (Exception e)
        {
            TendSoon();
            throw new OutcomeUnknownException($"Player {player} is on the way into team {Id}.", e);
        }

        if (holder == Id)
            TeamRules.FinishJoin(Record, player, NowMs);
        else
            TeamRules.AbandonJoin(Record, player, NowMs);
        await Commit();
        PaySoon();
        if (holder == Id)
            Introduce(player);
        return holder == Id;
    }

    /// <summary>Who plays together has met. May be lost.</summary>
    private void Introduce(long player)
    {
        GrainFactory.GetGrain<IPlayerPresence>(player).GroupsChanged().Ignore();
        var others = Record.Members.Where(member => member.Player != player)
            .Select(member => new SocialPeer(member.Player, member.Name)).ToArray();
        if (others.Length == 0 || TeamRules.Member(Record, player) is not { } joined)
            return;
        GrainFactory.GetGrain<ISocialGrain>(player).Meet(others).Ignore();
        foreach (var other in others)
            GrainFactory.GetGrain<ISocialGrain>(other.PlayerId).Meet([new SocialPeer(player, joined.Name)]).Ignore();
    }

    private async Task<Outcome> Repeat(TeamActor actor, KeyedAnswer done) =>
        KeyedAnswerRules.IsReused(done, actor.Key)
            ? Outcome.Refused(GameError.RequestIdReused)
            : await Answer(actor, done.Reply);

    /// <summary>Tells the one who asks first: its push comes before the answer.</summary>
    private async Task<Outcome> Answer(TeamActor actor, ByteString reply)
    {
        var pushes = new List<MailboxItem>();
        foreach (var push in Record.Outbox.Where(push => push.Player == actor.PlayerId).ToArray())
        {
            if (await Post(push, PostKind.ChangeWithReply) is { } item)
                pushes.Add(item);
        }

        PaySoon();
        return new Outcome(
            GameError.Ok, reply.ToByteArray(), [.. pushes], pushes.Count == 0 ? 0 : pushes[^1].Seq);
    }

    private Outcome Refused(GameError error)
    {
        ForgetIfUnknown();
        return Outcome.Refused(error);
    }

    /// <summary>Asking for teams that do not exist must not fill the memory.</summary>
    private void ForgetIfUnknown()
    {
        if (!TeamRules.Exists(Record) && Record.Joining.Count == 0)
            DeactivateOnIdle();
    }

    private static TeamJoiner Joiner(TeamActor actor) => new(actor.PlayerId, actor.Name, actor.LostBefore);

    private static TeamSettings Settings(TeamWishes wishes) => new()
    {
        Mode = wishes.Mode,
        Open = wishes.Open,
        Label = wishes.Label,
        Text = wishes.Text,
    };

    private IMembershipGrain Membership(long player) => GrainFactory.GetGrain<IMembershipGrain>(player);

    private Task Commit() => _saving = Save();

    private async Task Save()
    {
        try
        {
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw new OutcomeUnknownException($"Team {Id} was not saved.", e);
        }
    }
}
