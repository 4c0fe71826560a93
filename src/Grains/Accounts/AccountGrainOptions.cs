using Microsoft.Extensions.Options;

namespace GameBackend.Grains;

/// <summary>
/// What the account and credential grains enforce. Section <c>Accounts</c>, shared with the gateway's options.
/// </summary>
public sealed class AccountGrainOptions
{
    public const string Section = "Accounts";

    /// <summary>How long a refresh token is good for. Each trade begins anew.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// For how long the last traded refresh token is answered again, with the very token that its trade gave: the
    /// client whose reply was lost can go on.
    /// </summary>
    public TimeSpan RefreshGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many log-ins of an account can be refreshed side by side. One more drops the least recently used.
    /// </summary>
    public int MaxRefreshLines { get; set; } = 8;

    /// <summary>
    /// After this many wrong passwords in a row the name is locked for the client that sent them; each further one
    /// locks it for twice as long.
    /// </summary>
    public int MaxFailures { get; set; } = 5;

    /// <summary>
    /// After this many wrong passwords of clients that the name does not know it is locked for all such clients.
    /// </summary>
    public int MaxNameFailures { get; set; } = 50;

    public TimeSpan FirstLock { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan MaxLock { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// PBKDF2 rounds. The framework's hasher runs HMAC-SHA512, for which OWASP asks for 210,000:
    /// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#pbkdf2
    /// Hashes with fewer are renewed at the next log-in.
    /// </summary>
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>
    /// How many passwords one silo hashes at a time; 0 stands for half of its cores. The rest stays for the game.
    /// </summary>
    public int MaxConcurrentHashes { get; set; }

    /// <summary>How many more may wait for their turn. Beyond, the answer is <c>Busy</c>.</summary>
    public int MaxWaitingHashes { get; set; } = 32;

    /// <summary>How many of these may be of one client address.</summary>
    public int MaxWaitingHashesPerAddress { get; set; } = 4;

    /// <summary>
    /// How long the player's grain may take to close a connection before the account tries again later.
    /// </summary>
    public TimeSpan KickTimeout { get; set; } = TimeSpan.FromSeconds(2);

    public TimeSpan KickRetryPeriod { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Refuses options under which accounts could not work or would not be safe.</summary>
public sealed class AccountGrainOptionsValidator : IValidateOptions<AccountGrainOptions>
{
    public ValidateOptionsResult Validate(string? name, AccountGrainOptions options)
    {
        var faults = new List<string>();
        Require(options.RefreshTokenLifetime > TimeSpan.Zero, "RefreshTokenLifetime must be positive");
        Require(options.RefreshTokenLifetime.TotalDays <= 3650, "RefreshTokenLifetime must be at most 3650 days");
        Require(options.RefreshGrace >= TimeSpan.Zero, "RefreshGrace must not be negative");
        Require(options.RefreshGrace <= TimeSpan.FromMinutes(5), "RefreshGrace must be at most 5 minutes");
        Require(options.MaxRefreshLines is >= 1 and <= 64, "MaxRefreshLines must lie between 1 and 64");
        Require(options.MaxFailures is >= 1 and <= 1000, "MaxFailures must lie between 1 and 1000");
        Require(
            options.MaxNameFailures >= options.MaxFailures && options.MaxNameFailures <= 100_000,
            "MaxNameFailures must lie between MaxFailures and 100,000");
        Require(options.FirstLock > TimeSpan.Zero, "FirstLock must be positive");
        Require(options.MaxLock >= options.FirstLock, "MaxLock must be at least FirstLock");
        Require(options.MaxLock <= TimeSpan.FromDays(1), "MaxLock must be at most a day");
        Require(options.PasswordIterations is >= 1000 and <= 10_000_000,
            "PasswordIterations must lie between 1,000 and 10,000,000");
        Require(options.MaxConcurrentHashes is >= 0 and <= 1024, "MaxConcurrentHashes must lie between 0 and 1024");
        Require(options.MaxWaitingHashes is >= 0 and <= 10_000, "MaxWaitingHashes must lie between 0 and 10,000");
        Require(
            options.MaxWaitingHashesPerAddress is >= 0 and <= 10_000,
            "MaxWaitingHashesPerAddress must lie between 0 and 10,000");
        Require(options.KickTimeout > TimeSpan.Zero, "KickTimeout must be positive");
        Require(options.KickTimeout.TotalMinutes <= 1, "KickTimeout must be at most a minute");
        Require(options.KickRetryPeriod.TotalMilliseconds >= 10, "KickRetryPeriod must be at least 10 ms");
        Require(options.KickRetryPeriod.TotalHours <= 1, "KickRetryPeriod must be at most an hour");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Require(bool holds, string what)
        {
            if (!holds)
                faults.Add($"{AccountGrainOptions.Section}: {what}.");
        }
    }
}
