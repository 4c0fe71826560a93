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
/// of milliseconds of a core, and a flood of log-ins must leave cores to the game.
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    // The hasher's V3 format ignores its user argument.
    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher;
    private readonly SemaphoreSlim _turns;
    private readonly int _maxPending;
    private readonly Lazy<string> _nobody;
    private int _pending;

    public PasswordHashing(IOptions<AccountGrainOptions> options)
    {
        var limits = options.Value;
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = limits.PasswordIterations }));
        var turns = limits.MaxConcurrentHashes > 0
            ? limits.MaxConcurrentHashes
            : Math.Max(1, Environment.ProcessorCount / 2);
        _turns = new(turns, turns);
        _maxPending = turns + limits.MaxWaitingHashes;
        _nobody = new(() => _hasher.HashPassword(NoUser, Guid.NewGuid().ToString()));
    }

    /// <summary>The hash to store, or null if too many are waiting.</summary>
    public Task<string?> Hash(string password) =>
        InTurn<string?>(() => _hasher.HashPassword(NoUser, password), null);

    /// <summary>
    /// Checks a password. Without a hash (nobody bears the name) it takes as long and says <see
    /// cref="PasswordVerdict.Wrong"/>.
    /// </summary>
    public Task<PasswordVerdict> Verify(string? hash, string password) =>
        InTurn(() => Check(hash, password), PasswordVerdict.Busy);

    public void Dispose() => _turns.Dispose();

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

    private async Task<T> InTurn<T>(Func<T> work, T busy)
    {
        if (Interlocked.Increment(ref _pending) > _maxPending)
        {
            Interlocked.Decrement(ref _pending);
            return busy;
        }

        try
        {
            await _turns.WaitAsync();
            try
            {
                return await Task.Run(work);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }
}
