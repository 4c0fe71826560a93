using GameBackend.Accounts.Testing;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Accounts;

/// <summary>Guesses are slowed down, and the owner gets in.</summary>
[Collection(nameof(AccountCluster))]
public sealed class LoginThrottleTests(AccountCluster cluster)
{
    private const string Password = "correct horse";
    private static readonly LoginClient Home = new("198.51.100.1", null);
    private static readonly LoginClient Phone = new("198.51.100.2", "phone");
    private static readonly LoginClient Elsewhere = new("198.51.100.3", null);

    [Fact]
    public async Task Wrong_passwords_of_a_stranger_lock_the_name_for_the_stranger_alone()
    {
        var (_, credential) = await Register(Home);
        await Fail(credential, Stranger(0), 5);

        Assert.Equal(CredentialStatus.Locked, (await credential.Verify(Password, Stranger(0))).Status);
        foreach (var client in new[] { Home, Elsewhere, Phone })
            Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password, client)).Status);
    }

    [Fact]
    public async Task Strangers_at_many_addresses_lock_the_name_for_all_but_known_addresses_and_devices_and_refreshes()
    {
        var (account, credential) = await Register(Home);
        var session = await credential.Verify(Password, Phone);
        for (var stranger = 0; stranger < cluster.Options.MaxNameFailures; stranger++)
            await Fail(credential, Stranger(stranger), 1);

        Assert.Equal(CredentialStatus.Locked, (await credential.Verify(Password, Stranger(1000))).Status);
        Assert.Equal(CredentialStatus.Locked, (await credential.Verify(Password, Elsewhere)).Status);
        Assert.Equal(CredentialStatus.Locked,
            (await credential.Verify(Password, Elsewhere with { Device = "another" })).Status);
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password, Home)).Status);
        Assert.Equal(CredentialStatus.Ok,
            (await credential.Verify(Password, Elsewhere with { Device = "phone" })).Status);
        Assert.Equal(GameError.Ok, (await account.Refresh(session.Grant!.RefreshToken)).Error);

        // The owner's log-ins do not give strangers new tries.
        Assert.Equal(CredentialStatus.Locked, (await credential.Verify(Password, Stranger(1001))).Status);
        cluster.Clock.Advance(cluster.Options.FirstLock);
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password, Stranger(1002))).Status);
    }

    [Fact]
    public async Task A_known_device_is_not_locked_out_by_others_at_its_address()
    {
        var (_, credential) = await Register(Phone);
        await Fail(credential, Phone with { Device = null }, 5);

        Assert.Equal(CredentialStatus.Locked,
            (await credential.Verify(Password, Phone with { Device = null })).Status);
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password, Phone)).Status);
        await Fail(credential, Phone, 5);
        Assert.Equal(CredentialStatus.Locked, (await credential.Verify(Password, Phone)).Status);
    }

    [Fact]
    public async Task Strangers_of_long_ago_do_not_count()
    {
        var (_, credential) = await Register(Home);
        for (var stranger = 0; stranger < cluster.Options.MaxNameFailures - 1; stranger++)
            await Fail(credential, Stranger(stranger), 1);
        cluster.Clock.Advance(TimeSpan.FromDays(2));
        await Fail(credential, Stranger(2000), 1);

        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password, Elsewhere)).Status);
    }

    [Fact]
    public async Task What_is_kept_of_clients_is_bounded_and_names_none()
    {
        var (_, credential) = await Register(Home);
        for (var client = 0; client < 100; client++)
        {
            await Fail(credential, Stranger(client), 1);
            Assert.Equal(CredentialStatus.Ok,
                (await credential.Verify(Password, new($"192.0.2.{client}", $"device {client}"))).Status);
        }

        var saved = cluster.Storage.Find<CredentialState>("credential", credential.GetGrainId())!;
        Assert.InRange(saved.Clients.Length, 1, 32);
        Assert.InRange(saved.Known.Length, 1, 16);
        Assert.DoesNotContain(saved.Known.Concat(saved.Clients.Select(each => each.Client)),
            each => each.Contains('.', StringComparison.Ordinal));
    }

    private static LoginClient Stranger(int number) => new($"203.0.{number / 256}.{number % 256}", null);

    private async Task<(IAccountGrain Account, ICredentialGrain Credential)> Register(LoginClient client)
    {
        var credential = cluster.Credential($"name/{Guid.NewGuid():N}");
        var result = await credential.Register(Password, client);
        Assert.Equal(CredentialStatus.Ok, result.Status);
        return (cluster.Account(result.PlayerId), credential);
    }

    private static async Task Fail(ICredentialGrain credential, LoginClient client, int times)
    {
        for (var time = 0; time < times; time++)
            Assert.Equal(CredentialStatus.WrongPassword, (await credential.Verify("wrong horse", client)).Status);
    }
}
