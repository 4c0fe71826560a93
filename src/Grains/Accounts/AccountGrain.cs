using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains;

/// <summary>
/// An account's tokens and bans. What kills tokens is committed first and only then closes the connection; a kick that
/// is owed is part of what was committed, so it is paid by whoever comes next: this call, a timer, the next activation,
/// or the reminder that was set before the commit. An access token is good as long as its line is there.
/// </summary>
[GrainType("account"), Role(Roles.Player), CollectionAgeLimit(Minutes = 2)]
public sealed partial class AccountGrain(
    [PersistentState("account", "Default")] IPersistentState<AccountState> storage,
    IOptions<AccountGrainOptions> options,
    TimeProvider clock,
    ILogger<AccountGrain> log) : Grain, IAccountGrain, IRemindable
{
    private const string KickReminder = "kick";
    private static readonly TimeSpan KickReminderPeriod = TimeSpan.FromMinutes(1);

    // What storage holds for certain. During a write it still is the state before, which is what a check may see.
    private AccountState _committed = new();
    private IGrainTimer? _kickRetry;

    private long PlayerId => this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _committed = storage.State;
        // Not here and now: the player's grain may be waiting for a check by this account.
        if (_committed.Kick is not null)
            RetryKickAfter(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    public async Task<bool> Create(string identity)
    {
        if (_committed.Exists)
            return _committed.Identity == identity;

        await Commit(_committed with { Identity = identity, Generation = 1 });
        return true;
    }

    public async Task<TokenGrant> Open()
    {
        if (!_committed.Exists)
            return TokenGrant.Refused(GameError.TokenInvalid);

        var now = clock.GetUtcNow();
        if (_committed.IsBanned(now))
            return Banned();

        // As long as a kick of a generation is owed there are no tokens of the new one: so a late kick can never hit a
        // new session. One of lines hits nothing but these.
        if (_committed.Kick is { Lines: null } && !await PayKick())
            return TokenGrant.Refused(GameError.Unavailable);

        var (line, token) = RefreshToken.Open(PlayerId, _committed.Generation, now);
        RefreshLine[] live = [.. LiveLines(now).OrderByDescending(each => each.TradedAt)];
        await EndLines(
            [line, .. live.Take(options.Value.MaxRefreshLines - 1)],
            live.Skip(options.Value.MaxRefreshLines - 1),
            new(GoodbyeReason.Revoked, "too many newer log-ins"));
        return Granted(token);
    }

    public async Task<TokenGrant> Refresh(string refreshToken)
    {
        if (!Exists())
            return TokenGrant.Refused(GameError.TokenInvalid);

        if (!RefreshToken.TryParse(refreshToken, out var token)
            || token.PlayerId != PlayerId
            || Array.Find(_committed.Lines, each => each.Id == token.LineId) is not { } line)
            return TokenGrant.Refused(GameError.TokenInvalid);

        var now = clock.GetUtcNow();
        var isCurrent = token.Matches(line.Current);
        if (isCurrent && _committed.IsBanned(now))
            return Banned();
        if (!IsLive(line, now))
            return TokenGrant.Refused(GameError.TokenInvalid);
        if (isCurrent)
            return await Trade(line, token, now);
        if (token.Matches(line.Previous) && now - line.TradedAt <= options.Value.RefreshGrace)
            return Granted(token.Successor(line.Salt));

        // Who knows the line's id had one of its secrets. Two parties hold this line, and one of them stole it.
        await RemindOfKick();
        await EndLines(
            [.. _committed.Lines.Where(each => each.Id != line.Id)], [line],
            new(GoodbyeReason.Revoked, "a refresh token was used twice"));
        RefreshReused(PlayerId);
        return TokenGrant.Refused(GameError.TokenInvalid);
    }

    public async Task Revoke(string why)
    {
        if (!Exists())
            return;

        await Kill(_committed with { Lines = [] }, new(GoodbyeReason.Revoked, why));
    }

    public async Task<bool> Ban(DateTimeOffset? until, string why)
    {
        if (!Exists())
            return false;

        // The lines stay, though dead by their generation: their owner is told of the ban instead of a bad token.
        var banned = _committed with { BannedUntil = until ?? DateTimeOffset.MaxValue };
        await Kill(banned, new(GoodbyeReason.Banned, why));
        AccountBanned(PlayerId, banned.BannedUntil, why);
        return true;
    }

    public async Task<bool> Unban()
    {
        if (!Exists())
            return false;

        if (_committed.BannedUntil != default)
            await Commit(_committed with { BannedUntil = default, Lines = [.. LiveLines(clock.GetUtcNow())] });
        return true;
    }

    public Task<GameError> Check(uint generation, ulong line)
    {
        var error = GameError.Ok;
        if (!Exists())
            error = GameError.TokenInvalid;
        else if (_committed.IsBanned(clock.GetUtcNow()))
            error = GameError.Banned;
        else if (generation != _committed.Generation || LiveLines(clock.GetUtcNow()).All(each => each.Id != line))
            error = GameError.TokenInvalid;
        return Task.FromResult(error);
    }

    public Task<AccountInfo?> Find()
    {
        var bannedUntil = _committed.IsBanned(clock.GetUtcNow()) ? _committed.BannedUntil : (DateTimeOffset?)null;
        return Task.FromResult(Exists() ? new AccountInfo(bannedUntil) : null);
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (_committed.Kick is null)
            await DropReminder();
        else
            await PayKick();
    }

    private async Task<TokenGrant> Trade(RefreshLine line, RefreshToken token, DateTimeOffset now)
    {
        var (traded, next) = token.Trade(line, now);
        var lines = _committed.Lines.Select(each => each.Id == line.Id ? traded : each);
        await Commit(_committed with { Lines = [.. lines] });
        return Granted(next);
    }

    private async Task Kill(AccountState next, PendingKick kick)
    {
        await RemindOfKick();
        await Commit(next with { Generation = _committed.Generation + 1, Kick = kick });
        await PayKick();
    }

    /// <summary>Keeps these lines, and closes the connection if one of the others has opened it.</summary>
    private async Task EndLines(RefreshLine[] kept, IEnumerable<RefreshLine> ended, PendingKick kick)
    {
        ulong[] lines = [.. ended.Select(each => each.Id)];
        if (lines.Length == 0)
        {
            await Commit(_committed with { Lines = kept });
            return;
        }

        // A kick of the whole account that is owed covers them: its lines are all of an older generation.
        var owed = _committed.Kick is { Lines: null } all ? all : kick with { Lines = [.. lines, .. OwedLines()] };
        await Commit(_committed with { Lines = kept, Kick = owed });
        await PayKick();
    }

    private ulong[] OwedLines() => _committed.Kick?.Lines ?? [];

    // Before the commit: a silo that dies right after it leaves someone behind who closes the connection.
    private Task RemindOfKick() =>
        this.RegisterOrUpdateReminder(KickReminder, KickReminderPeriod, KickReminderPeriod);

    /// <summary>Nobody asks for an account that does not exist, except to fill the memory.</summary>
    private bool Exists()
    {
        if (!_committed.Exists)
            DeactivateOnIdle();
        return _committed.Exists;
    }

    /// <summary>
    /// Closes the connection that is owed to be closed. False if that did not work yet; it is tried again.
    /// </summary>
    private async Task<bool> PayKick()
    {
        if (_committed.Kick is not { } kick)
            return true;

        try
        {
            var player = GrainFactory.GetGrain<IPlayerSession>(PlayerId);
            var kicked = kick.Lines is { } lines
                ? player.KickLines(lines, kick.Reason, kick.Detail)
                : player.Kick(_committed.Generation - 1, kick.Reason, kick.Detail);
            await kicked.WaitAsync(options.Value.KickTimeout);
        }
        catch (Exception fault)
        {
            KickFailed(PlayerId, fault);
            RetryKickAfter(options.Value.KickRetryPeriod);
            return false;
        }

        await Commit(_committed with { Kick = null });
        _kickRetry?.Dispose();
        _kickRetry = null;
        await DropReminder();
        return true;
    }

    private async Task DropReminder()
    {
        try
        {
            if (await this.GetReminder(KickReminder) is { } reminder)
                await this.UnregisterReminder(reminder);
        }
        catch (Exception fault)
        {
            // It rings again in a minute, finds nothing owed, and is dropped then.
            ReminderNotDropped(PlayerId, fault);
        }
    }

    private void RetryKickAfter(TimeSpan delay) =>
        _kickRetry ??= this.RegisterGrainTimer(
            _ => PayKick(),
            new() { DueTime = delay, Period = options.Value.KickRetryPeriod, KeepAlive = true });

    private async Task Commit(AccountState next)
    {
        storage.State = next;
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            // Whether it was written is unclear: only a new activation can tell.
            DeactivateOnIdle();
            throw;
        }

        _committed = next;
    }

    private bool IsLive(RefreshLine line, DateTimeOffset now) =>
        line.Generation == _committed.Generation && now - line.TradedAt < options.Value.RefreshTokenLifetime;

    private IEnumerable<RefreshLine> LiveLines(DateTimeOffset now) => _committed.Lines.Where(each => IsLive(each, now));

    private TokenGrant Granted(RefreshToken token) =>
        new(GameError.Ok, _committed.Generation, token.Encode(), Line: token.LineId);

    private TokenGrant Banned() => TokenGrant.Refused(
        GameError.Banned,
        _committed.BannedUntil == DateTimeOffset.MaxValue ? null : _committed.BannedUntil);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Account {PlayerId}: a refresh token was used twice, its line is revoked")]
    private partial void RefreshReused(long playerId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Account {PlayerId} is banned until {Until}: {Why}")]
    private partial void AccountBanned(long playerId, DateTimeOffset until, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {PlayerId}: the connection could not be closed yet")]
    private partial void KickFailed(long playerId, Exception fault);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Account {PlayerId}: the kick's reminder could not be dropped yet")]
    private partial void ReminderNotDropped(long playerId, Exception fault);
}
