using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>What players do with their accounts.</summary>
internal sealed class AccountRoutes(
    IClusterClient cluster,
    AccountSessions sessions,
    ExternalIdentities externals,
    NewAccounts newAccounts,
    AccountRateLimits limits,
    IOptions<AccountsOptions> options)
{
    private readonly AccountsOptions _options = options.Value;

    public async Task<IResult> Register(HttpContext http)
    {
        if (await AccountJson.Read(http, AccountJson.Default.NameAndPassword) is not { } request)
            return AccountProblem.InvalidRequest;
        if (!IsName(request.Name))
            return AccountProblem.NameInvalid;
        if (IsWeak(request.Password, request.Name))
            return AccountProblem.PasswordWeak(_options.PasswordMinLength, _options.PasswordMaxLength);

        if (request.DeviceId is { } device && !IsDevice(device))
            return AccountProblem.DeviceInvalid;
        if (await newAccounts.Admit(http, Identity(request.Name), request.Proof) is { } refusal)
            return refusal;

        var client = Client(http, request.DeviceId);
        return await sessions.Answer(await ByName(request.Name).Register(request.Password, client), isNew: true);
    }

    public async Task<IResult> LogIn(HttpContext http)
    {
        if (await AccountJson.Read(http, AccountJson.Default.NameAndPassword) is not { } request)
            return AccountProblem.InvalidRequest;
        // No account can have these: the answer says nothing about which names exist.
        if (!IsName(request.Name) || request.Password.Length > _options.PasswordMaxLength)
            return AccountProblem.WrongCredentials;
        if (request.DeviceId is { } device && !IsDevice(device))
            return AccountProblem.DeviceInvalid;

        var client = Client(http, request.DeviceId);
        return await Guess(http, () => ByName(request.Name).Verify(request.Password, client));
    }

    public async Task<IResult> ByDevice(HttpContext http)
    {
        if (await AccountJson.Read(http, AccountJson.Default.DeviceLogin) is not { } request)
            return AccountProblem.InvalidRequest;
        var made = request.DeviceId is null ? DeviceSecret.Make() : null;
        var secret = request.DeviceId ?? made!;
        if (!DeviceSecret.IsWellFormed(secret))
            return AccountProblem.DeviceInvalid;

        var identity = $"device/{DeviceSecret.Hash(secret)}";
        var credential = cluster.GetGrain<ICredentialGrain>(identity);
        var result = await credential.Verify(null);
        if (result.Status != CredentialStatus.Unknown)
            return await sessions.Answer(result);
        if (!DeviceSecret.IsStrong(secret))
            return AccountProblem.DeviceWeak;
        if (await newAccounts.Admit(http, identity, request.Proof) is { } refusal)
            return refusal with { DeviceId = refusal.Challenge is null ? null : made };
        return await sessions.Answer(await credential.Register(null), deviceId: made);
    }

    public async Task<IResult> ByExternal(HttpContext http)
    {
        if (await AccountJson.Read(http, AccountJson.Default.ExternalLogin) is not { } request)
            return AccountProblem.InvalidRequest;
        if (!externals.TryFind(request.Provider, out var verifier))
            return AccountProblem.ProviderUnknown;

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        timeout.CancelAfter(_options.ExternalTimeout);
        var subject = await verifier.Verify(request.Token, timeout.Token).WaitAsync(timeout.Token);
        return ExternalIdentities.IsSubject(subject)
            ? await sessions.Answer(await OpenOrRegister($"external/{verifier.Provider}/{subject}"))
            : AccountProblem.ExternalRefused;
    }

    public async Task<IResult> Refresh(HttpContext http)
    {
        if (await AccountJson.Read(http, AccountJson.Default.RefreshRequest) is not { } request)
            return AccountProblem.InvalidRequest;
        // The account's number stands before the first dot; the account judges the rest.
        var dot = request.RefreshToken.IndexOf('.');
        if (dot < 0 || !PlayerIds.TryParse(request.RefreshToken.AsSpan(0, dot), out var playerId))
            return AccountProblem.TokenInvalid;

        var grant = await cluster.GetGrain<IAccountGrain>(playerId).Refresh(request.RefreshToken);
        return await sessions.Answer(playerId, grant);
    }

    public async Task<IResult> LogOut(HttpContext http)
    {
        var (token, refusal) = await sessions.Authenticate(http);
        if (refusal is not null)
            return refusal;

        await cluster.GetGrain<IAccountGrain>(token.PlayerId).Revoke("logged out");
        return Results.NoContent();
    }

    public async Task<IResult> ChangePassword(HttpContext http)
    {
        var (token, refusal) = await sessions.Authenticate(http);
        if (refusal is not null)
            return refusal;
        if (await AccountJson.Read(http, AccountJson.Default.PasswordChange) is not { } request)
            return AccountProblem.InvalidRequest;
        if (!IsName(request.Name) || request.OldPassword.Length > _options.PasswordMaxLength)
            return AccountProblem.WrongCredentials;
        if (IsWeak(request.NewPassword, request.Name))
            return AccountProblem.PasswordWeak(_options.PasswordMinLength, _options.PasswordMaxLength);

        if (request.DeviceId is { } device && !IsDevice(device))
            return AccountProblem.DeviceInvalid;

        var client = Client(http, request.DeviceId);
        return await Guess(http, () => ByName(request.Name).ChangePassword(
            token.PlayerId, request.OldPassword, request.NewPassword, client));
    }

    /// <summary>Checks a password, if the address has not sent too many wrong ones.</summary>
    private async Task<IResult> Guess(HttpContext http, Func<Task<CredentialResult>> check)
    {
        using (var left = limits.WrongPasswords.AttemptAcquire(http, 0))
        {
            if (!left.IsAcquired)
                return AccountRateLimits.Refusal(left);
        }

        var result = await check();
        if (result.Status is CredentialStatus.Unknown or CredentialStatus.WrongPassword)
            limits.WrongPasswords.AttemptAcquire(http).Dispose();
        return await sessions.Answer(result);
    }

    private async Task<CredentialResult> OpenOrRegister(string identity)
    {
        var credential = cluster.GetGrain<ICredentialGrain>(identity);
        var result = await credential.Verify(null);
        return result.Status == CredentialStatus.Unknown ? await credential.Register(null) : result;
    }

    private ICredentialGrain ByName(string name) => cluster.GetGrain<ICredentialGrain>(Identity(name));

    // Names differ by more than case.
    private static string Identity(string name) => $"name/{name.ToLowerInvariant()}";

    private static LoginClient Client(HttpContext http, string? device) => new(
        AccountRateLimits.Bucket(http.Connection.RemoteIpAddress).ToString(),
        device is null ? null : DeviceSecret.Hash(device));

    private static bool IsDevice(string secret) => DeviceSecret.IsWellFormed(secret) && DeviceSecret.IsStrong(secret);

    private static bool IsName(string name) =>
        name.Length is >= 3 and <= 64 && name.All(each => char.IsAsciiLetterOrDigit(each) || "._-@+".Contains(each));

    private bool IsWeak(string password, string name) =>
        password.Length < _options.PasswordMinLength
        || password.Length > _options.PasswordMaxLength
        || string.Equals(password, name, StringComparison.OrdinalIgnoreCase);
}
