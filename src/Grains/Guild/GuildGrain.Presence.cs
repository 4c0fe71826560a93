using GameBackend.Game;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Guild;

/// <summary>
/// Who of the guild is there. Known in memory alone: members say when they come and go, and a new activation asks all
/// of them. Until it knows, everybody may be there and is told of changes. That members see who comes and goes is the
/// friends' business. Also what there is to do by time.
/// </summary>
public sealed partial class GuildGrain
{
    private const string Reminder = "guild";

    private readonly Dictionary<long, (PresenceStatus Status, long SinceMs)> _presence = [];
    private IGrainTimer? _tending;
    private Task _looking = Task.CompletedTask;

    public Task ReceiveReminder(string reminderName, TickStatus status) => Tend();

    public async Task Meet(GuildActor actor, PresenceStatus status, long sinceMs)
    {
        if (GuildRules.Member(State, actor.PlayerId) is null)
        {
            await ReleaseStranger(actor.PlayerId);
            return;
        }

        See(actor.PlayerId, status, sinceMs);
        var decision = GuildRules.Meet(
            State, Rules, new GuildAct(actor.PlayerId, actor.Name, actor.Level, NowMs));
        if (decision.Change is null)
            return;
        Tell(decision);
        await Commit();
        DoSoon();
    }

    private void Begin()
    {
        _tending ??= this.RegisterGrainTimer(Tend, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.Zero,
            Period = options.Value.TendEvery,
        });
        LookSoon();
    }

    private void TendAgain() => _tending?.Change(options.Value.RetryAfter, options.Value.TendEvery);

    /// <summary>Runs as a command of its own: it may change and save the record.</summary>
    private async Task Tend()
    {
        // Timers still tick while an activation whose write has failed goes down.
        if (_saving.IsFaulted)
            return;
        try
        {
            if (State.Version == 0)
            {
                await GoIfNeverFounded();
                return;
            }

            await TakeOtherKeys();
            foreach (var joining in State.Joining.ToArray())
                await Join(null, joining.Op, joining.Player);
            var expired = GuildRules.Expire(State, Rules, NowMs);
            Tell(expired);
            var succeeded = await Succeed();
            if (expired.Change is not null || succeeded)
                await Commit();
            DoSoon();
            LookSoon();
            await Report(again: true);
            if (State.DisbandedAtMs != 0 && State.Duties.Count == 0)
                await Rest();
        }
        catch (Exception e)
        {
            TendAgain();
            LogStillOwing(e, Id);
        }
    }

    /// <summary>
    /// Looks whether the leader has been away for too long. The leader's own grain has the last word, and answers
    /// between its own requests: nobody waits in a circle.
    /// </summary>
    private async Task<bool> Succeed()
    {
        if (!GuildRules.Exists(State))
            return false;
        var leader = GuildRules.Leader(State).Player;
        var limit = (long)Rules.SuccessionAfter.TotalMilliseconds;
        if (!_presence.TryGetValue(leader, out var known) || known.Status != PresenceStatus.Offline
            || NowMs - known.SinceMs < limit)
            return false;
        await Look(leader);
        var seen = _presence.ToDictionary(
            each => each.Key, each => each.Value.Status == PresenceStatus.Offline ? each.Value.SinceMs : NowMs);
        var decision = GuildRules.Succeed(State, Rules, seen, NowMs);
        Tell(decision);
        return decision.Change is not null;
    }

    /// <summary>Asks those of whom nothing is known, beside the commands.</summary>
    private void LookSoon()
    {
        if (_looking.IsCompleted)
            _looking = LookForUnknown();
    }

    private async Task LookForUnknown()
    {
        try
        {
            while (true)
            {
                var unknown = State.Members.Select(member => member.Player)
                    .Where(player => !_presence.ContainsKey(player)).Take(AtOnce).ToArray();
                if (unknown.Length == 0)
                    return;
                await Task.WhenAll(unknown.Select(Look));
            }
        }
        catch (Exception e)
        {
            TendAgain();
            LogPresenceUnknown(e, Id);
        }
    }

    private async Task Look(long player)
    {
        var presence = await GrainFactory.GetGrain<IPlayerSession>(player).GetPresence();
        See(player, presence.Status, presence.Since.ToUnixTimeMilliseconds());
    }

    private void See(long player, PresenceStatus status, long sinceMs) => _presence[player] = (status, sinceMs);

    private bool MayBeThere(long player) =>
        !_presence.TryGetValue(player, out var known) || known.Status != PresenceStatus.Offline;

    private void ShowPresence(GuildMember member)
    {
        if (!_presence.TryGetValue((long)member.PlayerId, out var known))
            return;
        member.Status = known.Status switch
        {
            PresenceStatus.Online => GuildMemberStatus.Online,
            PresenceStatus.Away => GuildMemberStatus.Away,
            _ => GuildMemberStatus.Offline,
        };
        member.SinceMs = known.SinceMs;
    }

    /// <summary>Gives back a membership that nothing here stands behind.</summary>
    private async Task ReleaseStranger(long player)
    {
        if (State.Joining.All(joining => joining.Player != player))
            await Membership(player).Release(MembershipKind.Guild, Id);
        if (State.Version == 0)
            DeactivateOnIdle();
    }

    private async Task KeepReminder()
    {
        try
        {
            await this.RegisterOrUpdateReminder(Reminder, options.Value.WakeEvery, options.Value.WakeEvery);
        }
        catch (Exception e)
        {
            throw new OutcomeUnknownException($"Guild {Id} cannot be watched over now.", e);
        }
    }

    private async Task StopReminder()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    /// <summary>A guild that is gone and owes nothing needs no waking.</summary>
    private async Task Rest()
    {
        if (_undoneUnsaved)
            await Commit();
        await StopReminder();
        _tending?.Dispose();
        _tending = null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Guild {GuildId} does not know of all members yet")]
    private partial void LogPresenceUnknown(Exception exception, long guildId);
}
