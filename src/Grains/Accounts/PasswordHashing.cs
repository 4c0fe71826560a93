using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains;

/// <summary>What checking a password has come to.</summary>
public enum PasswordVerdict
{
    Wrong,
    Right,
    /// <summary>Right, but hashed with fewer rounds than today's.</summary>
    RightButDated,
    /// <summary>Not checked: too many are waiting.</summary>
    Busy,
}

/// <summary>
/// Hashes passwords with the framework's PBKDF2, on the thread pool and a bounded number at a time: a hash costs tens
/// of milliseconds of a core, and a flood of log-ins must leave cores to the game. Those who wait take turns by client.
/// </summary>
public sealed class PasswordHashing
{
    // The hasher's V3 format ignores its user argument.
    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher;
    private readonly FairTurns _turns;
    private readonly Lazy<string> _nobody;

    public PasswordHashing(IOptions<AccountGrainOptions> options)
    {
        var limits = options.Value;
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = limits.PasswordIterations }));
        var turns = limits.MaxConcurrentHashes > 0
            ? limits.MaxConcurrentHashes
            : Math.Max(1, Environment.ProcessorCount / 2);
        _turns = new(turns, limits.MaxWaitingHashes, limits.MaxWaitingHashesPerAddress);
        _nobody = new(() => _hasher.HashPassword(NoUser, Guid.NewGuid().ToString()));
    }

    /// <summary>The hash to store, or null if too many are waiting.</summary>
    public Task<string?> Hash(string password, string client = "") =>
        InTurn<string?>(client, () => _hasher.HashPassword(NoUser, password), null);

    /// <summary>
    /// Checks a password. Without a hash (nobody bears the name) it takes as long and says <see
    /// cref="PasswordVerdict.Wrong"/>.
    /// </summary>
    public Task<PasswordVerdict> Verify(string? hash, string password, string client = "") =>
        InTurn(client, () => Check(hash, password), PasswordVerdict.Busy);

    private PasswordVerdict Check(string? hash, string password)
    {
        var result = _hasher.VerifyHashedPassword(NoUser, hash ?? _nobody.Value, password);
        return (hash, result) switch
        {
            (null, _) or (_, PasswordVerificationResult.Failed) => PasswordVerdict.Wrong,
            (_, PasswordVerificationResult.SuccessRehashNeeded) => PasswordVerdict.RightButDated,
            _ => PasswordVerdict.Right,
        };
    }

    private async Task<T> InTurn<T>(string client, Func<T> work, T busy)
    {
        if (!await _turns.Enter(client))
            return busy;
        try
        {
            return await Task.Run(work);
        }
        finally
        {
            _turns.Leave();
        }
    }
}
