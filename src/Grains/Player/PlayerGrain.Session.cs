using System.Security.Cryptography;
using GameBackend.Game;
using GameBackend.Grains.Mailbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Player;

/// <summary>The session: attach, heartbeat, detach, and its one end.</summary>
public sealed partial class PlayerGrain
{
    private const string WatchReminder = "session";

    private IGrainTimer? _watch;
    private bool _reminded;
    private long _heardMs;
    private ulong _closedEpoch;

    private MailboxOptions MailboxLimits => ServiceProvider.GetRequiredService<IOptions<MailboxOptions>>().Value;

    public async Task<AttachResult> Attach(AttachRequest request)
    {
        var verdict = await GrainFactory.GetGrain<IAccountGrain>(PlayerId)
            .Check(request.TokenGeneration, request.TokenLine);
        if (verdict != GameError.Ok)
            return AttachResult.Refused(verdict);

        var before = Record.Session.Clone();
        await EndIfOver();
        if (request.ResumeSessionId != 0 && !Record.Session.Live)
            return AttachResult.Refused(GameError.SessionExpired);
        if (request.ResumeSessionId == 0 && SessionRules.IsOutrun(Record, request.LoginId, request.Attempt))
            return AttachResult.Refused(GameError.SessionReplaced);
        // There are few of these and many players.
        var (lane, gateway) = (string.Intern(request.Lane), string.Intern(request.Gateway));
        // Before the commit: a silo that dies right after it leaves someone behind who ends the session.
        await KeepReminder();
        if (request.ResumeSessionId == 0)
        {
            SessionRules.Login(Record, NewSessionId(), lane, gateway, NowMs);
            (Record.Session.LoginId, Record.Session.LoginAttempt) = (request.LoginId, request.Attempt);
        }
        else if (!SessionRules.Resume(
            Record, request.ResumeSessionId, lane, gateway, NowMs, options.Value.ResumeWindow))
            return AttachResult.Refused(GameError.SessionExpired);
        (Record.Session.TokenGeneration, Record.Session.TokenLine) = (request.TokenGeneration, request.TokenLine);
        await Commit();

        if (request.ResumeSessionId == 0)
            LeaveTrade();
        Watch();
        TellPresence();
        var mailbox = await AttachMailbox(0);
        if (before is { Live: true, DetachedAtMs: 0 })
        {
            await Mailbox.Close(
                before.Epoch, before.Lane, GoodbyeReason.Replaced, "Another connection has taken over.");
        }

        PickUpLetters().Ignore();
        return Attached(request, mailbox);
    }

    public async Task<HeartbeatResult> Heartbeat(ulong epoch, ulong ack)
    {
        // A heartbeat may be overtaken by the end of its connection.
        if (!SessionRules.IsCurrent(Record, epoch) || epoch == _closedEpoch)
            return new HeartbeatResult(false, default);
        _heardMs = NowMs;
        if (Record.Session.DetachedAtMs != 0)
        {
            // The gateway was taken for gone and was not.
            Record.Session.DetachedAtMs = 0;
            await Commit();
            TellPresence();
        }

        var mailbox = await AttachMailbox(ack);
        await SettleOutbox(mailbox.Head);
        PickUpLetters().Ignore();
        return new HeartbeatResult(true, mailbox);
    }

    public async Task Detach(ulong epoch, ulong ack)
    {
        if (!SessionRules.Detach(Record, epoch, NowMs))
            return;
        _closedEpoch = epoch;
        await Commit();
        TellPresence();
        await Mailbox.Ack(epoch, ack);
        await Mailbox.Detach(epoch);
    }

    public async Task Leave(ulong epoch, ulong ack)
    {
        if (!SessionRules.IsCurrent(Record, epoch))
            return;
        await Mailbox.Ack(epoch, ack);
        await End();
    }

    public Task Kick(uint tokenGeneration, GoodbyeReason reason, string detail) =>
        Record.Session.TokenGeneration > tokenGeneration ? Task.CompletedTask : Kick(reason, detail);

    public Task KickLines(ulong[] tokenLines, GoodbyeReason reason, string detail) =>
        tokenLines.Contains(Record.Session.TokenLine) ? Kick(reason, detail) : Task.CompletedTask;

    private async Task Kick(GoodbyeReason reason, string detail)
    {
        var (epoch, lane) = (Record.Session.Epoch, Record.Session.Lane);
        await End();
        // Also if the session is over already: a kick that was cut off comes again, and the connection may still be
        // open.
        if (lane.Length > 0)
            await Mailbox.Close(epoch, lane, reason, detail);
    }

    public async Task<Presence> GetPresence()
    {
        await _saving;
        var session = Record.Session;
        var status = !session.Live ? PresenceStatus.Offline
            : session.DetachedAtMs != 0 ? PresenceStatus.Away
            : PresenceStatus.Online;
        var since = status switch
        {
            PresenceStatus.Online => session.AttachedAtMs,
            PresenceStatus.Away => session.DetachedAtMs,
            _ => session.EndedAtMs,
        };
        return new Presence(
            status, DateTimeOffset.FromUnixTimeMilliseconds(since), session.Lost, session.Epoch, session.Gateway);
    }

    public ValueTask<Outcome> Echo(Caller caller, byte[] body) => new(
        SessionRules.IsCurrent(Record, caller.Epoch)
            ? new Outcome(GameError.Ok, body)
            : Outcome.Refused(GameError.SessionReplaced));

    public ValueTask<Outcome[]> EchoAll(Caller caller, byte[][] bodies)
    {
        var live = SessionRules.IsCurrent(Record, caller.Epoch);
        return new(Array.ConvertAll(
            bodies, body => live ? new Outcome(GameError.Ok, body) : Outcome.Refused(GameError.SessionReplaced)));
    }

    /// <summary>Wakes a player whose silo has died, so that its session does not stay open for ever.</summary>
    public Task ReceiveReminder(string reminderName, TickStatus status) => WatchSession();

    private async Task OnSessionActivate()
    {
        DeliverSoon();
        if (LostUntold)
            Tick();
        if (!Record.Session.Live)
            return;
        Watch();
        TellPresence();
        if (Record.Session.DetachedAtMs == 0)
            await AttachMailbox(0);
    }

    private async Task<MailboxBounds> AttachMailbox(ulong ack)
    {
        var mailbox = await Mailbox.Attach(Record.Session.Epoch, Record.Session.Lane, ack);
        // What an earlier activation has posted comes before the answers that it has recorded.
        _postedSeq = Math.Max(_postedSeq, mailbox.Head);
        return mailbox;
    }

    private void Watch()
    {
        _heardMs = NowMs;
        Tick();
    }

    private void Tick()
    {
        _watch ??= this.RegisterGrainTimer(WatchSession, new GrainTimerCreationOptions
        {
            DueTime = options.Value.WatchEvery,
            Period = options.Value.WatchEvery,
            KeepAlive = true,
        });
    }

    private async Task WatchSession()
    {
        // Timers still tick while an activation whose write has failed goes down.
        if (_saving.IsFaulted)
            return;
        var silence = (long)options.Value.GatewaySilence.TotalMilliseconds;
        if (NowMs - _heardMs >= silence && SessionRules.Detach(Record, Record.Session.Epoch, _heardMs))
        {
            await Commit();
            TellPresence();
            await Mailbox.Detach(Record.Session.Epoch);
        }

        await EndIfOver();
        await TellLost();
        TellPresenceAgain();
        await DeliverAll();
        if (!Record.Session.Live)
            await StopWatching();
    }

    private async Task EndIfOver()
    {
        if (Record.Session.Live && SessionRules.IsOver(Record.Session, NowMs, options.Value.ResumeWindow))
            await End();
    }

    /// <summary>The account is lost: once a session, whichever way it ends.</summary>
    private async Task End()
    {
        if (!SessionRules.End(Record, NowMs))
            return;
        await Commit();
        LeaveTrade();
        LogAccountLost(PlayerId, Record.Session.Lost);
        TellPresence();
        await TellLost();
        await StopWatching();
    }

    private async Task KeepReminder()
    {
        if (_reminded)
            return;
        try
        {
            await this.RegisterOrUpdateReminder(WatchReminder, options.Value.WakeEvery, options.Value.WakeEvery);
            _reminded = true;
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"The session of player {PlayerId} cannot be watched now.", e);
        }
    }

    /// <summary>
    /// What there is to do after a session. What fails here is done when the timer or the reminder ticks next.
    /// </summary>
    private async Task StopWatching()
    {
        await Mailbox.Detach(Record.Session.Epoch);
        if (Record.Outgoing.Count > 0 || LostUntold)
            return;
        _reminded = false;
        if (await this.GetReminder(WatchReminder) is { } reminder)
            await this.UnregisterReminder(reminder);
        _watch?.Dispose();
        _watch = null;
    }

    private AttachResult Attached(AttachRequest request, MailboxBounds mailbox)
    {
        var answered = new List<RecordedAnswer>();
        var sendAgain = new List<uint>();
        foreach (var id in request.Unanswered)
        {
            if (AnswerRules.Find(Record, id) is { } answer)
                answered.Add(new RecordedAnswer(id, answer.Op, answer.Error, answer.Reply.ToByteArray()));
            else
                sendAgain.Add(id);
        }

        return new AttachResult(
            GameError.Ok, Record.Session.SessionId, Record.Session.Epoch, PlayerRules.Exists(State), mailbox,
            [.. answered], [.. sendAgain],
            new SessionLimits(options.Value.ResumeWindow, MailboxLimits.MaxBacklog), AnswerRules.LastId(Record));
    }

    private static ulong NewSessionId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    [LoggerMessage(Level = LogLevel.Debug, Message = "Player {PlayerId} is gone; sessions lost so far: {Lost}")]
    private partial void LogAccountLost(long playerId, ulong lost);
}
