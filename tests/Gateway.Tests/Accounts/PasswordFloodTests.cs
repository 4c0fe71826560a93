using System.Net;
using GameBackend.Accounts.Testing;

namespace GameBackend.Gateway.Tests.Accounts;

/// <summary>One address sends more passwords than there is time to hash.</summary>
public sealed class PasswordFloodTests : IAsyncLifetime
{
    private const string Password = "correct horse";

    // Hashes about as dear as in earnest, one at a time.
    private readonly AccountCluster _cluster = new()
    {
        Options = { PasswordIterations = 50_000, MaxConcurrentHashes = 1 },
    };

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_right_password_waits_for_no_more_than_a_few_wrong_ones_of_another_address()
    {
        await using var api = await AccountApi.Start(_cluster, null, ("PasswordRequestsWaiting", "20"));
        using var attacker = api.At("127.0.0.2");
        using var owner = api.At("127.0.0.3");
        (await owner.Register("owner", Password)).MustBe(HttpStatusCode.Created);
        var checkedOnes = 0;
        async Task<Answer> Guess(int number)
        {
            var answer = await attacker.LogIn($"name{number % 7}", "wrong horse");
            if (answer.Status == HttpStatusCode.Unauthorized)
                Interlocked.Increment(ref checkedOnes);
            return answer;
        }

        var flood = Enumerable.Range(0, 100).Select(Guess).ToArray();
        // The flood stands in line before the owner comes.
        await Wait.Until(() => Volatile.Read(ref checkedOnes) > 0);
        for (var time = 0; time < 4; time++)
        {
            var before = Volatile.Read(ref checkedOnes);
            (await owner.LogIn("owner", Password)).MustBe(HttpStatusCode.OK);
            // One under way, one in turn, and what was answered meanwhile.
            Assert.InRange(Volatile.Read(ref checkedOnes) - before, 0, 5);
        }

        foreach (var answer in await Task.WhenAll(flood))
        {
            if (answer.Status == HttpStatusCode.Unauthorized)
                continue;
            answer.MustBe(HttpStatusCode.TooManyRequests, "rate_limited");
            Assert.NotNull(answer.RetryAfter);
        }

        Assert.InRange(checkedOnes, 1, 60);
    }
}
