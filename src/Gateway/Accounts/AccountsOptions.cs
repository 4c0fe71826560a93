using System.Text;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// What the gateway's account routes enforce. Section <c>Accounts</c>. Lock-out, hashing and refresh tokens belong to
/// the silos, whose options lie in the same section.
/// </summary>
public sealed class AccountsOptions
{
    public const string Section = "Accounts";

    /// <summary>
    /// The signing key of a fresh checkout. Everybody knows it, so only the Development environment takes it.
    /// </summary>
    public const string DevelopmentSigningKey = "gamebackend-development-signing-key-not-a-secret";

    internal const int MinKeyBytes = 32;

    /// <summary>
    /// Signs access tokens; the same at every gateway of a cluster. Base64 of at least 32 bytes, or text of at least 32
    /// bytes. Text that happens to be such base64 is read as base64.
    /// </summary>
    public string SigningKey { get; set; } = DevelopmentSigningKey;

    /// <summary>
    /// Keys whose tokens are still taken, at most 4. To rotate: put the new key here at every gateway, then swap the
    /// two, then take the old one out once an <see cref="AccessTokenLifetime"/> has passed.
    /// </summary>
    public string[] PreviousSigningKeys { get; set; } = [];

    /// <summary>Stands in each token and is demanded of it.</summary>
    public string Issuer { get; set; } = "gamebackend";

    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>In characters.</summary>
    public int PasswordMinLength { get; set; } = 8;

    /// <summary>In characters.</summary>
    public int PasswordMaxLength { get; set; } = 128;

    /// <summary>
    /// Requests an address may make in a second where a password is hashed or an outside identity is verified.
    /// </summary>
    public int PasswordRequestsPerSecond { get; set; } = 20;

    public int PasswordRequestBurst { get; set; } = 100;

    /// <summary>How many of these of one address a gateway works on at a time. More wait their turn.</summary>
    public int PasswordRequestsAtOnce { get; set; } = 2;

    /// <summary>How many of one address may wait.</summary>
    public int PasswordRequestsWaiting { get; set; } = 32;

    /// <summary>Wrong passwords that an address may send in a minute, whatever the names.</summary>
    public int WrongPasswordsPerMinute { get; set; } = 30;

    public int WrongPasswordBurst { get; set; } = 60;

    /// <summary>Accounts by device or by name that an address may make in an hour.</summary>
    public int NewAccountsPerHour { get; set; } = 60;

    public int NewAccountBurst { get; set; } = 20;

    /// <summary>
    /// The work that a client does for a new account: so many zero bits, 2^bits hashes on average. 0 for none.
    /// </summary>
    public int ProofOfWorkBits { get; set; }

    /// <summary>Requests an address may make in a second on the other account routes.</summary>
    public int SessionRequestsPerSecond { get; set; } = 200;

    public int SessionRequestBurst { get; set; } = 1000;

    /// <summary>How long a verifier of outside identities may take.</summary>
    public TimeSpan ExternalTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Outside identities that come as signed tickets, by provider.</summary>
    public Dictionary<string, TicketProviderOptions> TicketProviders { get; } = [];

    internal static byte[] KeyBytes(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var written) && written >= MinKeyBytes
            ? bytes[..written]
            : Encoding.UTF8.GetBytes(key);
    }
}

/// <summary>A provider whose tickets a <see cref="SignedTicketVerifier"/> checks.</summary>
public sealed class TicketProviderOptions
{
    /// <summary>Shared with whoever signs the tickets. Base64 or text, at least 32 bytes.</summary>
    public string Secret { get; set; } = "";

    /// <summary>A ticket that lives longer than this from now on is refused.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>
/// Refuses options under which accounts would not be safe: above all the well-known key outside development.
/// </summary>
public sealed class AccountsOptionsValidator(IHostEnvironment environment) : IValidateOptions<AccountsOptions>
{
    private const int MaxPreviousKeys = 4;

    public ValidateOptionsResult Validate(string? name, AccountsOptions options)
    {
        var faults = new List<string>();
        CheckKeys(options, faults);
        Require(IsIssuer(options.Issuer), "Issuer must be 1 to 64 letters, digits and any of . _ - : /");
        Require(options.AccessTokenLifetime.TotalSeconds >= 1, "AccessTokenLifetime must be at least a second");
        Require(options.AccessTokenLifetime.TotalDays <= 1, "AccessTokenLifetime must be at most a day");
        Require(options.PasswordMinLength >= 1, "PasswordMinLength must be positive");
        Require(
            options.PasswordMaxLength >= options.PasswordMinLength && options.PasswordMaxLength <= 512,
            "PasswordMaxLength must lie between PasswordMinLength and 512");
        Require(options.PasswordRequestsPerSecond > 0, "PasswordRequestsPerSecond must be positive");
        Require(options.PasswordRequestBurst > 0, "PasswordRequestBurst must be positive");
        Require(
            options.PasswordRequestsAtOnce is >= 1 and <= 1000, "PasswordRequestsAtOnce must lie between 1 and 1000");
        Require(
            options.PasswordRequestsWaiting is >= 0 and <= 10_000,
            "PasswordRequestsWaiting must lie between 0 and 10,000");
        Require(options.WrongPasswordsPerMinute > 0, "WrongPasswordsPerMinute must be positive");
        Require(options.WrongPasswordBurst > 0, "WrongPasswordBurst must be positive");
        Require(options.NewAccountsPerHour > 0, "NewAccountsPerHour must be positive");
        Require(options.NewAccountBurst > 0, "NewAccountBurst must be positive");
        Require(options.ProofOfWorkBits is >= 0 and <= 32, "ProofOfWorkBits must lie between 0 and 32");
        Require(options.SessionRequestsPerSecond > 0, "SessionRequestsPerSecond must be positive");
        Require(options.SessionRequestBurst > 0, "SessionRequestBurst must be positive");
        Require(options.ExternalTimeout > TimeSpan.Zero, "ExternalTimeout must be positive");
        Require(options.ExternalTimeout.TotalMinutes <= 1, "ExternalTimeout must be at most a minute");
        foreach (var (provider, ticket) in options.TicketProviders)
        {
            Require(
                ExternalIdentities.IsProvider(provider),
                $"the provider name '{provider}' must be 1 to 32 of a-z, 0-9 and -");
            Require(
                AccountsOptions.KeyBytes(ticket.Secret).Length >= AccountsOptions.MinKeyBytes,
                $"TicketProviders:{provider}:Secret must have at least {AccountsOptions.MinKeyBytes} bytes");
            Require(ticket.MaxLifetime > TimeSpan.Zero, $"TicketProviders:{provider}:MaxLifetime must be positive");
            Require(ticket.MaxLifetime.TotalDays <= 30, $"TicketProviders:{provider}:MaxLifetime is over 30 days");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Require(bool holds, string what)
        {
            if (!holds)
                faults.Add($"{AccountsOptions.Section}: {what}.");
        }
    }

    private void CheckKeys(AccountsOptions options, List<string> faults)
    {
        string[] keys = [options.SigningKey, .. options.PreviousSigningKeys];
        if (keys.Any(key => AccountsOptions.KeyBytes(key).Length < AccountsOptions.MinKeyBytes))
            faults.Add(
                $"{AccountsOptions.Section}: a signing key must have at least {AccountsOptions.MinKeyBytes} bytes.");
        if (options.PreviousSigningKeys.Length > MaxPreviousKeys)
            faults.Add($"{AccountsOptions.Section}: at most {MaxPreviousKeys} PreviousSigningKeys.");
        if (keys.Contains(AccountsOptions.DevelopmentSigningKey) && !environment.IsDevelopment())
        {
            faults.Add(
                $"{AccountsOptions.Section}: the built-in signing key is known to everybody and is refused in the "
                + $"environment '{environment.EnvironmentName}'. Set {AccountsOptions.Section}:SigningKey to a secret "
                + $"of at least {AccountsOptions.MinKeyBytes} bytes (openssl rand -base64 48), or, on a developer's "
                + "machine, DOTNET_ENVIRONMENT=Development.");
        }
    }

    private static bool IsIssuer(string issuer) =>
        issuer.Length is >= 1 and <= 64
        && issuer.All(each => char.IsAsciiLetterOrDigit(each) || "._-:/".Contains(each));
}
