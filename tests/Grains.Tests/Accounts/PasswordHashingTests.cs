using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Tests.Accounts;

public sealed class PasswordHashingTests
{
    [Fact]
    public async Task A_hash_is_the_frameworks_third_format_with_SHA512_and_as_many_rounds_as_asked_for()
    {
        var passwords = Hashing(new() { PasswordIterations = 210_000 });

        var hash = Convert.FromBase64String((await passwords.Hash("correct horse"))!);

        Assert.Equal(1, hash[0]);
        Assert.Equal(2, hash[4]);
        Assert.Equal(210_000, (hash[5] << 24) | (hash[6] << 16) | (hash[7] << 8) | hash[8]);
    }

    [Fact]
    public async Task Checking_a_name_that_nobody_has_takes_about_as_long_as_a_wrong_password()
    {
        // Short enough to run within one time slice of a busy machine.
        var passwords = Hashing(new() { PasswordIterations = 2_000 });
        var hash = await passwords.Hash("correct horse");

        var (known, unknown) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < 100; round++)
        {
            known = await Faster(known, () => passwords.Verify(hash, "wrong horse"));
            unknown = await Faster(unknown, () => passwords.Verify(null, "wrong horse"));
        }

        Assert.InRange(unknown / known, 0.33, 3);
    }

    [Fact]
    public async Task Beyond_the_waiting_line_nothing_is_hashed()
    {
        var passwords = Hashing(
            new() { PasswordIterations = 100_000, MaxConcurrentHashes = 1, MaxWaitingHashes = 2 });

        var hashes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => passwords.Hash("correct horse")));

        Assert.Equal(3, hashes.Count(each => each is not null));
        Assert.NotNull(await passwords.Hash("correct horse"));
    }

    [Fact]
    public void Options_under_which_nothing_would_be_safe_are_refused()
    {
        var validator = new AccountGrainOptionsValidator();

        Assert.True(validator.Validate(null, new()).Succeeded);
        Assert.True(validator.Validate(null, new() { PasswordIterations = 1 }).Failed);
        Assert.True(validator.Validate(null, new() { MaxFailures = 0 }).Failed);
        Assert.True(validator.Validate(null, new() { MaxLock = TimeSpan.FromSeconds(1) }).Failed);
        Assert.True(validator.Validate(null, new() { MaxRefreshLines = 0 }).Failed);
        Assert.True(validator.Validate(null, new() { MaxNameFailures = 4 }).Failed);
    }

    private static PasswordHashing Hashing(AccountGrainOptions options) => new(Options.Create(options));

    // The fastest of many runs is one that nothing else on the machine has slowed down.
    private static async Task<TimeSpan> Faster(TimeSpan fastest, Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        return TimeSpan.FromTicks(Math.Min(fastest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
    }
}
