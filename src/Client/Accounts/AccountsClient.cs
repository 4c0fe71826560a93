using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GameBackend.Client.Accounts;

/// <summary>
/// The accounts' side over HTTP. Knows one or more gateways and tries the next one when one cannot be reached.
/// </summary>
/// <remarks>
/// Methods throw <see cref="AccountException"/> on a refusal and <see cref="HttpRequestException"/> if no gateway
/// can be reached.
/// </remarks>
public sealed class AccountsClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly Uri[] _gateways;
    private int _current;

    /// <param name="gateways">HTTP addresses, such as <c>http://localhost:7710</c>. The first is asked first.</param>
    public AccountsClient(params Uri[] gateways)
        : this(new HttpClient { Timeout = TimeSpan.FromSeconds(10) }, gateways) => _ownsHttp = true;

    /// <param name="http">Stays the caller's. Its timeout bounds each try.</param>
    public AccountsClient(HttpClient http, params Uri[] gateways)
    {
        if (gateways is null || gateways.Length == 0)
            throw new ArgumentException("At least one gateway is needed.", nameof(gateways));
        _http = http;
        _gateways = gateways;
    }

    /// <summary>
    /// Solves what a server demands before it makes an account, and returns the proof to send. By default that is
    /// <see cref="ProofOfWork.Solve"/>; set it where the server uses a captcha or an attestation.
    /// </summary>
    public Func<string, CancellationToken, Task<string>> Prove { get; set; } =
        (challenge, cancellation) => Task.Run(() => ProofOfWork.Solve(challenge, cancellation), cancellation);

    /// <summary>
    /// A secret of this device, if set: a server that has seen it with the right password lets it log in by name and
    /// password also while others guess at that name. Keep it as long as the device.
    /// </summary>
    public string? DeviceId { get; set; }

    /// <summary>Makes an account with a name and a password, and logs in.</summary>
    public Task<AccountSession> Register(string name, string password, CancellationToken cancellation = default) =>
        OpenNew((_, proof) => Open(
            "register", new PasswordLogin(name, password, DeviceId, proof), AccountsJson.Default.PasswordLogin,
            cancellation), cancellation);

    public Task<AccountSession> Login(string name, string password, CancellationToken cancellation = default) =>
        Open("login", new PasswordLogin(name, password, DeviceId), AccountsJson.Default.PasswordLogin, cancellation);

    /// <summary>
    /// Logs in by a secret of the device, of at least 16 bytes drawn at random. The first time makes the account.
    /// Without a secret the server makes one and a new account: keep <see cref="AccountSession.DeviceId"/>.
    /// </summary>
    public Task<AccountSession> LoginDevice(string? deviceId = null, CancellationToken cancellation = default) =>
        OpenNew((made, proof) => Open(
            "device", new DeviceLogin(deviceId ?? made, proof), AccountsJson.Default.DeviceLogin, cancellation),
            cancellation);

    /// <summary>Logs in by what an outside identity provider has issued. The first time makes the account.</summary>
    public Task<AccountSession> LoginExternal(
        string provider, string token, CancellationToken cancellation = default) =>
        Open("external", new ExternalLogin(provider, token), AccountsJson.Default.ExternalLogin, cancellation);

    /// <summary>Trades a refresh token, which is good once, for new tokens.</summary>
    public Task<AccountSession> Refresh(string refreshToken, CancellationToken cancellation = default) =>
        Open("refresh", new RefreshRequest(refreshToken), AccountsJson.Default.RefreshRequest, cancellation);

    /// <summary>Kills every token of the account and closes its connection.</summary>
    public Task Logout(AccountSession session, CancellationToken cancellation = default) =>
        Post("logout", new EmptyRequest(), AccountsJson.Default.EmptyRequest, session.AccessToken, cancellation);

    /// <summary>
    /// Sets another password, which kills every token of the account and closes its connection. Returns new tokens.
    /// </summary>
    public async Task<AccountSession> ChangePassword(
        AccountSession session, string name, string oldPassword, string newPassword,
        CancellationToken cancellation = default)
    {
        var json = await Post("password", new PasswordChange(name, oldPassword, newPassword, DeviceId),
            AccountsJson.Default.PasswordChange, session.AccessToken, cancellation).ConfigureAwait(false);
        return Read(json, DateTimeOffset.UtcNow);
    }

    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
    }

    // A server may want a proof of whoever makes an account; then the same is asked once more, with it.
    private async Task<AccountSession> OpenNew(
        Func<string?, string?, Task<AccountSession>> open, CancellationToken cancellation)
    {
        try
        {
            return await open(null, null).ConfigureAwait(false);
        }
        catch (AccountException refusal) when (refusal.Challenge is not null)
        {
            var proof = await Prove(refusal.Challenge, cancellation).ConfigureAwait(false);
            var session = await open(refusal.DeviceId, proof).ConfigureAwait(false);
            return refusal.DeviceId is null ? session : session with { DeviceId = refusal.DeviceId };
        }
    }

    private async Task<AccountSession> Open<T>(
        string path, T request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var json = await Post(path, request, type, null, cancellation).ConfigureAwait(false);
        return Read(json, DateTimeOffset.UtcNow);
    }

    private static AccountSession Read(byte[] json, DateTimeOffset now)
    {
        var answer = JsonSerializer.Deserialize(json, AccountsJson.Default.SessionAnswer);
        if (answer?.AccessToken is not { Length: > 0 } token
            || !ulong.TryParse(answer.PlayerId, NumberStyles.None, CultureInfo.InvariantCulture, out var player))
        {
            throw new JsonException("The answer is no session.");
        }
        var lifetime = TimeSpan.FromSeconds(answer.AccessExpiresInSeconds);
        var gateways = (answer.Gateways ?? [])
            .Select(g => new GatewayEndpoints(g.Tcp ?? "", g.WebSocket ?? "", g.Kcp ?? ""));
        return new AccountSession(player, token, now + lifetime, answer.RefreshToken ?? "", [.. gateways])
        {
            AccessLifetime = lifetime,
            DeviceId = answer.DeviceId,
        };
    }

    // A gateway that cannot be reached has not seen the request, so that the next one may be asked. After any other
    // failure the request may have been done, which matters for a refresh token: the caller decides.
    private async Task<byte[]> Post<T>(
        string path, T request, JsonTypeInfo<T> type, string? bearer, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, type);
        for (var attempt = 1; ; attempt++)
        {
            var index = Volatile.Read(ref _current);
            var gateway = _gateways[index % _gateways.Length];
            try
            {
                return await PostTo(new Uri(gateway, "/v1/accounts/" + path), body, bearer, cancellation)
                    .ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (attempt < _gateways.Length && HasNotConnected(e))
            {
                Interlocked.CompareExchange(ref _current, index + 1, index);
            }
        }
    }

    private async Task<byte[]> PostTo(Uri address, byte[] body, string? bearer, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (bearer is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var answer = await _http.SendAsync(message, cancellation).ConfigureAwait(false);
#if NET
        var content = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
#else
        var content = await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
#endif
        return answer.IsSuccessStatusCode ? content : throw Refusal((int)answer.StatusCode, content);
    }

    private static bool HasNotConnected(HttpRequestException e) =>
        e.InnerException is System.Net.Sockets.SocketException
        {
            SocketErrorCode: System.Net.Sockets.SocketError.ConnectionRefused
                or System.Net.Sockets.SocketError.HostNotFound
                or System.Net.Sockets.SocketError.HostUnreachable
                or System.Net.Sockets.SocketError.NetworkUnreachable
                or System.Net.Sockets.SocketError.TimedOut,
        };

    private static AccountException Refusal(int status, byte[] content)
    {
        ProblemAnswer? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(content, AccountsJson.Default.ProblemAnswer);
        }
        catch (JsonException)
        {
            // Something between here and the gateway has answered; the status says what there is to say.
        }
        var text = problem?.Detail ?? problem?.Title ?? $"HTTP status {status}.";
        var after = problem?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        return new AccountException(status, problem?.Code ?? "", text, after)
        {
            Challenge = problem?.Challenge,
            DeviceId = problem?.DeviceId,
        };
    }
}
