using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains;

/// <summary>
/// One identity and, for names, its password. Calls run one at a time and open the account in the same turn as they
/// check the proof, so a log-in comes wholly before or wholly after a change of the password.
/// </summary>
[GrainType("credential"), Role(Roles.Player), CollectionAgeLimit(Minutes = 2)]
public sealed partial class CredentialGrain(
    [PersistentState("credential", "Default")] IPersistentState<CredentialState> storage,
    PasswordHashing passwords,
    NewPlayerId newPlayerId,
    IOptions<AccountGrainOptions> options,
    TimeProvider clock,
    ILogger<CredentialGrain> log) : Grain, ICredentialGrain
{
    private const string NamePrefix = "name/";
    private const int MaxIdDraws = 8;
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);

    // May run ahead of storage for a name that nobody has: its failures are counted in memory alone.
    private CredentialState _state = new();

    private string Identity => this.GetPrimaryKeyString();

    private bool HasPassword => Identity.StartsWith(NamePrefix, StringComparison.Ordinal);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = storage.State;
        return Task.CompletedTask;
    }

    public async Task<CredentialResult> Register(string? password)
    {
        if (_state.Complete)
            return HasPassword ? new(CredentialStatus.Taken) : await Open();

        string? hash = null;
        if (HasPassword)
        {
            ArgumentNullException.ThrowIfNull(password);
            hash = await passwords.Hash(password);
            if (hash is null)
                return Busy();
        }

        await MakeAccount(hash);
        CredentialBound(_state.PlayerId);
        return await Open();
    }

    public async Task<CredentialResult> Verify(string? password)
    {
        if (!HasPassword)
            return _state.Complete ? await Open() : new(CredentialStatus.Unknown);

        ArgumentNullException.ThrowIfNull(password);
        var refused = await CheckPassword(password, _state.Complete ? _state.PasswordHash : null);
        return refused is { } result ? result : await Open();
    }

    public async Task<CredentialResult> ChangePassword(long playerId, string oldPassword, string newPassword)
    {
        // Another player's name is nobody's name here.
        var isOwn = HasPassword && _state.Complete && _state.PlayerId == playerId;
        var refused = await CheckPassword(oldPassword, isOwn ? _state.PasswordHash : null);
        if (refused is { } result)
            return result;

        if (await passwords.Hash(newPassword) is not { } hash)
            return Busy();

        // First the tokens, then the password: a crash in between leaves the old password and no token, never the new
        // password and a token that a thief of the old one holds. No log-in comes in between, since this turn lasts.
        await Account(playerId).Revoke("password changed");
        await Commit(_state with { PasswordHash = hash });
        return await Open();
    }

    /// <summary>
    /// Draws a player id, notes it down as pending, makes the account and notes that it is made. A crash anywhere
    /// leaves a pending id, which counts as free: the next registration goes on with it, under its own password.
    /// </summary>
    private async Task MakeAccount(string? passwordHash)
    {
        var playerId = _state.PlayerId == 0 ? newPlayerId() : _state.PlayerId;
        for (var draw = 0; draw < MaxIdDraws; draw++)
        {
            await Commit(new() { PlayerId = playerId, PasswordHash = passwordHash });
            if (await Account(playerId).Create(Identity))
            {
                await Commit(_state with { Complete = true });
                return;
            }

            playerId = newPlayerId();
        }

        throw new InvalidOperationException("No free player id was drawn.");
    }

    /// <summary>Null if the password is right. A hash of null stands for a name that nobody has.</summary>
    private async Task<CredentialResult?> CheckPassword(string password, string? hash)
    {
        var wait = _state.LockedUntil - clock.GetUtcNow();
        if (wait > TimeSpan.Zero)
            return new(CredentialStatus.Locked, RetryAfter: wait);

        switch (await passwords.Verify(hash, password))
        {
            case PasswordVerdict.Busy:
                return Busy();
            case PasswordVerdict.Wrong:
                await CountFailure();
                return new(hash is null ? CredentialStatus.Unknown : CredentialStatus.WrongPassword);
            case PasswordVerdict.RightButDated when await passwords.Hash(password) is { } renewed:
                await Commit(_state with { PasswordHash = renewed, Failures = 0, LockedUntil = default });
                return null;
            default:
                if (_state.Failures > 0)
                    await Commit(_state with { Failures = 0, LockedUntil = default });
                return null;
        }
    }

    private async Task CountFailure()
    {
        var limits = options.Value;
        var failures = _state.Failures + 1;
        var next = _state with { Failures = failures };
        if (failures >= limits.MaxFailures)
        {
            var factor = Math.Pow(2, Math.Min(failures - limits.MaxFailures, 30));
            var locked = Math.Min(limits.FirstLock.TotalSeconds * factor, limits.MaxLock.TotalSeconds);
            next = next with { LockedUntil = clock.GetUtcNow() + TimeSpan.FromSeconds(locked) };
            CredentialLocked(_state.PlayerId, failures, next.LockedUntil);
        }

        // A name that nobody has locks as well, or the lock would tell which names exist; storing that would let
        // strangers fill the storage.
        if (_state.Complete)
            await Commit(next);
        else
            _state = next;
    }

    private async Task<CredentialResult> Open()
    {
        var grant = await Account(_state.PlayerId).Open();
        return new(CredentialStatus.Ok, _state.PlayerId, Grant: grant);
    }

    private IAccountGrain Account(long playerId) => GrainFactory.GetGrain<IAccountGrain>(playerId);

    private static CredentialResult Busy() => new(CredentialStatus.Busy, RetryAfter: BusyRetry);

    private async Task Commit(CredentialState next)
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

        _state = next;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Account {PlayerId} is made")]
    private partial void CredentialBound(long playerId);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The password of account {PlayerId} was wrong {Failures} times, its name is locked until {Until}")]
    private partial void CredentialLocked(long playerId, int failures, DateTimeOffset until);
}
