using GameBackend.Accounts.Testing;

namespace GameBackend.Grains.Tests.Accounts;

/// <summary>Samples of what was stored once. They load for ever: a new version adds samples and changes none.</summary>
[Collection(nameof(AccountCluster))]
public sealed class SavedStateTests(AccountCluster cluster)
{
    private const string Account1 =
        "IOhAFW5hbWUvYWxpY2UBDyGAgMA7pLrF4giBAAAAAAAAAADgIQADIeiAiHdmVUQzIhEBDUEFAQJBAwNBBwQFBiGAgAB1K+mm"
        + "4QiBAAAAAAAAAADg4OAh6AgDDUERY2hlYXRpbmfg4A==";

    private const string Credential1 =
        "IOiAFYHpffQQIhEBA0ENYSBoYXNoAQ0hgICARIhOh+AIgQAAAAAAAAAA4OA=";

    [Fact]
    public void A_saved_account_loads()
    {
        var account = cluster.Storage.Serializer!.Deserialize<AccountState>(Convert.FromBase64String(Account1))!;

        Assert.Equal("name/alice", account.Identity);
        Assert.Equal(7u, account.Generation);
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), account.BannedUntil);
        Assert.Equal(new PendingKick(GoodbyeReason.Banned, "cheating"), account.Kick);
        var line = Assert.Single(account.Lines);
        Assert.Equal((0x1122334455667788ul, 6u), (line.Id, line.Generation));
        Assert.Equal([1, 2], line.Current);
        Assert.Equal([3], line.Previous);
        Assert.Equal([4, 5, 6], line.Salt);
        Assert.Equal(new DateTimeOffset(2029, 1, 2, 3, 4, 5, TimeSpan.Zero), line.TradedAt);
    }

    [Fact]
    public void A_saved_credential_loads()
    {
        var saved = Convert.FromBase64String(Credential1);
        var credential = cluster.Storage.Serializer!.Deserialize<CredentialState>(saved)!;

        var expected = new CredentialState
        {
            PlayerId = 1234567890123456789,
            Complete = true,
            PasswordHash = "a hash",
            Failures = 3,
            LockedUntil = new(2028, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };
        Assert.Equal(expected, credential);
    }
}
