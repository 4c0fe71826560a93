namespace GameBackend.Gateway.Accounts;

/// <summary>Turns what the grains say into what the client gets: a session, or a problem.</summary>
internal sealed class AccountSessions(
    IClusterClient cluster,
    AccessTokens tokens,
    GatewayChoice gateways,
    TimeProvider clock)
{
    private const string Bearer = "Bearer ";

    /// <param name="isNew">A registration: answered as created.</param>
    /// <param name="deviceId">The secret that was made for the client.</param>
    public Task<IResult> Answer(CredentialResult result, bool isNew = false, string? deviceId = null) =>
        result.Status switch
        {
            CredentialStatus.Ok => Answer(result.PlayerId, result.Grant!, isNew, deviceId),
            CredentialStatus.Taken => Refused(AccountProblem.NameTaken),
            CredentialStatus.Unknown or CredentialStatus.WrongPassword => Refused(AccountProblem.WrongCredentials),
            CredentialStatus.Locked => Refused(AccountProblem.Locked(result.RetryAfter)),
            CredentialStatus.Busy => Refused(AccountProblem.Busy),
            _ => Refused(AccountProblem.Unavailable),
        };

    public async Task<IResult> Answer(long playerId, TokenGrant grant, bool isNew = false, string? deviceId = null)
    {
        if (grant.Error != GameError.Ok)
            return Problem(grant);

        var session = new SessionBody(
            PlayerIds.Format(playerId),
            tokens.Issue(playerId, grant.Generation, grant.Line),
            (int)tokens.Lifetime.TotalSeconds,
            grant.RefreshToken,
            await gateways.For(isNew ? null : playerId),
            deviceId);
        return new SessionResult(session, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>Who sends this request, by its access token; the problem to answer with if nobody is.</summary>
    public async Task<(AccessToken Token, IResult? Refusal)> Authenticate(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            || !tokens.TryRead(header[Bearer.Length..].Trim(), out var token))
            return (default, AccountProblem.TokenInvalid);

        var error = await cluster.GetGrain<IAccountGrain>(token.PlayerId).Check(token.Generation, token.Line);
        return error == GameError.Ok ? (token, null) : (default, Problem(TokenGrant.Refused(error)));
    }

    private AccountProblem Problem(TokenGrant grant) => grant.Error switch
    {
        GameError.Banned => AccountProblem.Banned(grant.BannedUntil - clock.GetUtcNow()),
        GameError.TokenInvalid => AccountProblem.TokenInvalid,
        _ => AccountProblem.Unavailable,
    };

    private static Task<IResult> Refused(AccountProblem problem) => Task.FromResult<IResult>(problem);

    private sealed class SessionResult(SessionBody session, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.Headers.CacheControl = "no-store";
            return httpContext.Response.WriteAsJsonAsync(
                session, AccountJson.Default.SessionBody, "application/json", httpContext.RequestAborted);
        }
    }
}
