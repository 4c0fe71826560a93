using System.Globalization;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Why a request was refused: RFC 9457 problem details with a <c>code</c> for programs. Codes never change meaning.
/// </summary>
internal sealed record AccountProblem(int Status, string Code, string Title, int? RetryAfterSeconds = null) : IResult
{
    /// <summary>With <c>proof_required</c>: what to solve.</summary>
    public string? Challenge { get; init; }

    /// <summary>With a challenge: the secret that was made for a client that has sent none.</summary>
    public string? DeviceId { get; init; }

    public static readonly AccountProblem InvalidRequest =
        new(400, "invalid_request", "The body is not the JSON object that this route takes.");

    private static readonly AccountProblem TooLarge = new(413, "too_large", "A body has at most 4096 bytes.");

    private static readonly AccountProblem NotJson =
        new(415, "media_type", "The body must be sent with Content-Type: application/json.");

    public static readonly AccountProblem NameInvalid =
        new(400, "name_invalid", "A name has 3 to 64 ASCII letters, digits and any of . _ - @ +");

    public static readonly AccountProblem NameTaken = new(409, "name_taken", "This name is taken.");

    public static readonly AccountProblem WrongCredentials =
        new(401, "wrong_credentials", "The name or the password is wrong.");

    public static readonly AccountProblem AdminKeyWrong = new(401, "wrong_credentials", "The admin key is wrong.");

    public static readonly AccountProblem TokenInvalid =
        new(401, "token_invalid", "The token is malformed, expired or revoked.");

    public static readonly AccountProblem DeviceInvalid =
        new(400, "device_invalid", "A device id has 16 to 128 characters, none of them a control character.");

    public static readonly AccountProblem DeviceWeak =
        new(400, "device_invalid", "This device id is easily guessed: draw at least 16 bytes at random, or send none.");

    public static readonly AccountProblem ProviderUnknown =
        new(400, "provider_unknown", "There is no such provider here.");

    public static readonly AccountProblem ExternalRefused =
        new(401, "external_refused", "The provider does not vouch for this token.");

    public static readonly AccountProblem AccountUnknown = new(404, "invalid_request", "There is no such account.");

    public static readonly AccountProblem PlayerUnknown = new(404, "invalid_request", "There is no such player.");

    public static readonly AccountProblem NodeUnknown = new(404, "invalid_request", "There is no such node.");

    public static readonly AccountProblem BattleUnknown = new(404, "invalid_request", "There is no such battle.");

    public static readonly AccountProblem Unavailable =
        new(503, "unavailable", "This cannot be answered now; try again.", 1);

    public static readonly AccountProblem Unaudited =
        new(503, "unavailable", "The audit file cannot be written, so nothing was done.", 60);
    /// <summary>The answer to a request that is malformed as HTTP or too large.</summary>
    public static AccountProblem Malformed(BadHttpRequestException fault) => fault.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status415UnsupportedMediaType => NotJson,
        var status => InvalidRequest with { Status = status },
    };

    public static readonly AccountProblem Busy =
        new(429, "rate_limited", "Too many passwords are being checked now.", 1);

    public static AccountProblem ProofRequired(string challenge) =>
        new(403, "proof_required", "A new account needs a proof: solve the challenge and send the request again.")
        {
            Challenge = challenge,
        };

    public static AccountProblem Unreachable(string why) => new(502, "unreachable", why);

    public static AccountProblem PasswordWeak(int min, int max) =>
        new(400, "password_weak", $"A password has {min} to {max} characters and differs from the name.");

    public static AccountProblem Locked(TimeSpan wait) =>
        new(429, "locked", "Too many wrong passwords for this name.", WholeSeconds(wait));

    public static AccountProblem RateLimited(TimeSpan wait) =>
        new(429, "rate_limited", "Too many requests from this address.", WholeSeconds(wait));

    /// <param name="wait">Null: for good.</param>
    public static AccountProblem Banned(TimeSpan? wait) =>
        new(403, "banned", "This account is banned.", wait is { } time ? WholeSeconds(time) : null);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        return response.WriteAsJsonAsync(
            new ProblemBody(Status, Title, Code, RetryAfterSeconds, Challenge, DeviceId),
            AccountJson.Default.ProblemBody,
            "application/problem+json",
            httpContext.RequestAborted);
    }

    private static int WholeSeconds(TimeSpan wait) =>
        (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, int.MaxValue);
}
