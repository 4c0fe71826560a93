using GameBackend.Game;
using Microsoft.Extensions.Logging;

namespace GameBackend.Grains.Player;

/// <summary>
/// Who is told of the session: whether the player is there, and once that the account is lost.
/// </summary>
public sealed partial class PlayerGrain
{
    private const long RenewPresenceEveryMs = 30_000;

    private bool _presenceChanged;
    private bool _inBattle;
    private PresenceEntry? _toldPresence;
    private long _presenceToldMs;
    private bool _tellingPresence;

    private bool LostUntold => Record.LostTold < Record.Session.Lost;

    private IMembershipGrain Membership => GrainFactory.GetGrain<IMembershipGrain>(PlayerId);

    /// <summary>
    /// Says beside whatever runs now how the player's presence is, and its name: nobody's log-in waits for it. What
    /// fails is said again with the next tick, and what a crash cuts off by the next activation.
    /// </summary>
    private void TellPresence()
    {
        _presenceChanged = true;
        TellPresenceAgain();
    }

    public Task GroupsChanged()
    {
        TellPresence();
        return Task.CompletedTask;
    }

    public Task InBattle(bool inBattle)
    {
        _inBattle = inBattle;
        TellPresence();
        return Task.CompletedTask;
    }

    private void TellPresenceAgain()
    {
        if (_toldPresence is { } told && Record.Session.Live && NowMs - _presenceToldMs >= RenewPresenceEveryMs)
        {
            // The board may have been lost.
            _presenceToldMs = NowMs;
            GrainFactory.PresenceBoardOf(PlayerId).Set(told).Ignore();
        }

        if (_presenceChanged && !_tellingPresence)
            TellPresenceNow().Ignore();
    }

    private async Task TellPresenceNow()
    {
        _tellingPresence = true;
        try
        {
            while (_presenceChanged)
            {
                _presenceChanged = false;
                await _saving;
                var groups = await Membership.Get();
                if (groups.Team != 0 && Record.Session.Live)
                    await Team(groups.Team).SetAway(PlayerId, Record.Session.DetachedAtMs != 0);
                if (groups.Team != 0 && PlayerRules.Exists(State))
                    await Team(groups.Team).SetName(PlayerId, State.Profile.Name);
                if (PlayerRules.Exists(State))
                    _toldPresence = await Social.SetPresence(State.Profile.Name, PresenceNow(groups));
                _presenceToldMs = NowMs;
                if (groups.Guild != 0)
                    await TellGuild(groups.Guild);
            }
        }
        catch (Exception e)
        {
            _presenceChanged = true;
            LogPresenceNotTold(e, PlayerId);
        }
        finally
        {
            _tellingPresence = false;
        }
    }

    private PresenceEntry PresenceNow(Memberships groups)
    {
        var session = Record.Session;
        _inBattle &= session.Live;
        var (status, since) = !session.Live ? (PlayerStatus.Offline, session.EndedAtMs)
            : session.DetachedAtMs != 0 ? (PlayerStatus.Away, session.DetachedAtMs)
            : _inBattle ? (PlayerStatus.InBattle, 0)
            : groups.Team != 0 ? (PlayerStatus.InTeam, 0)
            : (PlayerStatus.Online, session.AttachedAtMs);
        // Nobody else notes when a battle or a team has begun.
        if (since == 0)
            since = _toldPresence is { } told && told.Status == status ? told.SinceMs : NowMs;
        return new PresenceEntry(PlayerId, status, since);
    }

    /// <summary>
    /// The account is lost: whoever holds a place for the player lets go of it. Said again, after a crash as well,
    /// until all have heard it; they know one that they have heard by its number.
    /// </summary>
    private async Task TellLost()
    {
        if (!LostUntold)
            return;
        var lost = Record.Session.Lost;
        try
        {
            var groups = await Membership.Get();
            if (groups.Team != 0)
                await Team(groups.Team).AccountLost(PlayerId, lost);
            if (groups.Queue.Length > 0)
                await Match(groups.Queue).AccountLost(PlayerId, lost);
        }
        catch (Exception e)
        {
            LogPresenceNotTold(e, PlayerId);
            return;
        }

        Record.LostTold = lost;
        await Commit();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Not everybody knows yet how player {PlayerId} is")]
    private partial void LogPresenceNotTold(Exception exception, long playerId);
}
