using GameBackend.Game;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Team;

/// <summary>
/// What a team owes: pushes, releases of those who are gone, joinings that were cut off, a look at those who have
/// joined. Paid beside the commands, and again by a timer, a reminder and every activation, until it is done.
/// </summary>
public sealed partial class TeamGrain
{
    private const string Reminder = "team";
    private static readonly TimeSpan TendEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WakeEvery = TimeSpan.FromMinutes(2);

    /// <summary>How long the answers of a team that is gone are kept.</summary>
    private static readonly TimeSpan TombstoneFor = TimeSpan.FromMinutes(10);

    private static readonly uint InvitedOp = Opcodes.OfPush<TeamInvited>().Op;

    private IGrainTimer? _tending;
    private Task _paying = Task.CompletedTask;
    private bool _reminded;

    /// <summary>The saved outbox, or list of releases, has what was paid since.</summary>
    private bool _paidUnsaved;

    public Task ReceiveReminder(string reminderName, TickStatus status) => Tend();

    /// <summary>What was paid is not paid again by the next activation.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _paying;
        if (_paidUnsaved && !_saving.IsFaulted && Record.Id != 0)
            await storage.WriteStateAsync(cancellationToken);
    }

    private void TendSoon() => _tending ??= this.RegisterGrainTimer(Tend, new GrainTimerCreationOptions
    {
        DueTime = TimeSpan.Zero,
        Period = TendEvery,
    });

    /// <summary>Runs as a command of its own: it may change and save the record.</summary>
    private async Task Tend()
    {
        // Timers still tick while an activation whose write has failed goes down.
        if (_saving.IsFaulted || Record.Id == 0)
            return;
        try
        {
            foreach (var joiner in Record.Joining.ToArray())
                await Claim(joiner.Player);
            foreach (var member in Record.Members.Where(member => !member.Seen).ToArray())
                await Look(member);
            await Pay(throws: true);
            _tending?.Dispose();
            _tending = null;
            await Bury();
        }
        catch (Exception e)
        {
            LogStillOwing(e, Id);
        }
    }

    /// <summary>
    /// The session of a new member may have ended before the team could be told. Asking interleaves with whatever the
    /// player does now. And the team may be waiting for a match without the new member.
    /// </summary>
    private async Task Look(TeamMemberState member)
    {
        var presence = await GrainFactory.GetGrain<IPlayerSession>(member.Player).GetPresence();
        if (presence.SessionsLost > member.LostBefore)
            await AccountLost(member.Player, presence.SessionsLost);
        else if (presence.Status != PresenceStatus.Offline)
            await SetAway(member.Player, presence.Status == PresenceStatus.Away);
        if (member.Player != Record.Leader)
        {
            var groups = await Membership(Record.Leader).Get();
            if (groups.Queue.Length > 0)
                await GrainFactory.GetGrain<IMatchGrain>(groups.Queue).JoinedTeam(Record.Leader, Id, member.Player);
        }

        // Saved with the next change; looking again does no harm.
        member.Seen = true;
    }

    private void PaySoon()
    {
        if (_paying.IsCompleted)
            _paying = Pay(throws: false);
        if (Record.Joining.Count > 0 || Record.Members.Any(member => !member.Seen))
            TendSoon();
    }

    private async Task Pay(bool throws)
    {
        try
        {
            while (true)
            {
                // What is not saved yet is not owed yet.
                while (!_saving.IsCompleted)
                    await _saving;
                if (_saving.IsFaulted)
                    return;
                if (Record.Releasing.Count > 0)
                    await Release(Record.Releasing[0]);
                else if (Record.Outbox.Count > 0)
                    await Post(Record.Outbox[0], PostKind.Change);
                else
                    return;
            }
        }
        catch (Exception e)
        {
            TendSoon();
            if (throws)
                throw new OutcomeUnknownException($"Team {Id} still owes something.", e);
            LogStillOwing(e, Id);
        }
    }

    private async Task Release(long player)
    {
        var groups = await Membership(player).Get();
        if (groups.Queue.Length > 0)
        {
            var queue = GrainFactory.GetGrain<IMatchGrain>(groups.Queue);
            var by = TeamRules.CauseOfRelease(Record, player);
            await (by == player ? queue.LeftTeam(player, Id) : queue.PutOut(player, Id, by));
        }

        await Membership(player).Release(MembershipKind.Team, Id);
        GrainFactory.GetGrain<IPlayerPresence>(player).GroupsChanged().Ignore();
        TeamRules.FinishRelease(Record, player);
        _paidUnsaved = true;
    }

    private async Task<MailboxItem?> Post(TeamPush push, PostKind kind)
    {
        // An invitation is somebody's message and may find the mailbox full; a change may not.
        var mailbox = GrainFactory.GetGrain<IMailboxGrain>(push.Player);
        var body = push.Body.ToByteArray();
        var posted = push.Op == InvitedOp
            ? await mailbox.PostFrom(
                (long)TeamInvited.Parser.ParseFrom(body).From, push.MessageId, push.Op, body, PostKind.Message)
            : await mailbox.Post(push.MessageId, push.Op, body, kind);
        Record.Outbox.Remove(push);
        _paidUnsaved = true;
        return posted;
    }

    /// <summary>Forgets a team that is gone, once nobody can ask again what has become of a request.</summary>
    private async Task Bury()
    {
        if (Record.DissolvedAtMs == 0 || NowMs - Record.DissolvedAtMs < (long)TombstoneFor.TotalMilliseconds)
            return;
        if (await this.GetReminder(Reminder) is { } reminder)
            await this.UnregisterReminder(reminder);
        await storage.ClearStateAsync();
        DeactivateOnIdle();
    }

    private async Task KeepReminder()
    {
        if (_reminded)
            return;
        try
        {
            await this.RegisterOrUpdateReminder(Reminder, WakeEvery, WakeEvery);
            _reminded = true;
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"Team {Id} cannot be watched over now.", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Team {TeamId} still owes something")]
    private partial void LogStillOwing(Exception exception, long teamId);
}
