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

    public async Task<CredentialResult> Register(string? password, LoginClient client)
    {
        if (_state.Complete)
            return HasPassword ? new(CredentialStatus.Taken) : await Open();

        string? hash = null;
        if (HasPassword)
        {
            ArgumentNullException.ThrowIfNull(password);
            hash = await passwords.Hash(password, client.Address ?? "");
            if (hash is null)
                return Busy();
        }

        await MakeAccount(hash, client);
        CredentialBound(_state.PlayerId);
        return await Open();
    }

    public async Task<CredentialResult> Verify(string? password, LoginClient client)
    {
        if (!HasPassword && !_state.Complete)
        {
            // Whoever makes up devices is not to fill the memory.
            DeactivateOnIdle();
            return new(CredentialStatus.Unknown);
        }

        if (!HasPassword)
            return await Open();

        ArgumentNullException.ThrowIfNull(password);
        var refused = await CheckPassword(password, _state.Complete ? _state.PasswordHash : null, client);
        return refused is { } result ? result : await Open();
    }

    public async Task<CredentialResult> ChangePassword(
        long playerId, string oldPassword, string newPassword, LoginClient client)
    {
        // Another player's name is nobody's name here.
        var isOwn = HasPassword && _state.Complete && _state.PlayerId == playerId;
        var refused = await CheckPassword(oldPassword, isOwn ? _state.PasswordHash : null, client);
        if (refused is { } result)
            return result;

        if (await passwords.Hash(newPassword, client.Address ?? "") is not { } hash)
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
    private async Task MakeAccount(string? passwordHash, LoginClient client)
    {
        var playerId = _state.PlayerId == 0 ? newPlayerId() : _state.PlayerId;
        for (var draw = 0; draw < MaxIdDraws; draw++)
        {
            await Commit(new() { PlayerId = playerId, PasswordHash = passwordHash });
            if (await Account(playerId).Create(Identity))
            {
                var made = _state with { Complete = true };
                await Commit(HasPassword ? LoginThrottle.Succeeded(made, client) : made);
                return;
            }

            playerId = newPlayerId();
        }

        throw new InvalidOperationException("No free player id was drawn.");
    }

    /// <summary>Null if the password is right. A hash of null stands for a name that nobody has.</summary>
    private async Task<CredentialResult?> CheckPassword(string password, string? hash, LoginClient client)
    {
        var wait = LoginThrottle.Wait(_state, client, clock.GetUtcNow());
        if (wait > TimeSpan.Zero)
            return new(CredentialStatus.Locked, RetryAfter: wait);

        var address = client.Address ?? "";
        var verdict = await passwords.Verify(hash, password, address);
        if (verdict == PasswordVerdict.Busy)
            return Busy();
        if (verdict == PasswordVerdict.Wrong)
        {
            await CountFailure(client);
            return new(hash is null ? CredentialStatus.Unknown : CredentialStatus.WrongPassword);
        }

        var next = LoginThrottle.Succeeded(_state, client);
        if (verdict == PasswordVerdict.RightButDated && await passwords.Hash(password, address) is { } renewed)
            next = next with { PasswordHash = renewed };
        if (next != _state)
            await Commit(next);
        return null;
    }

    private async Task CountFailure(LoginClient client)
    {
        var next = LoginThrottle.Failed(_state, client, clock.GetUtcNow(), options.Value);
        if (next.LockedUntil > _state.LockedUntil)
            CredentialLocked(next.Failures, _state.PlayerId, next.LockedUntil);

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
        Message = "{Failures} wrong passwords of strangers for account {PlayerId}: it is closed to them until {Until}")]
    private partial void CredentialLocked(int failures, long playerId, DateTimeOffset until);
}
