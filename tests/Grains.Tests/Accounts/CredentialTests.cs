using GameBackend.Accounts.Testing;
using GameBackend.Grains.Interfaces;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Tests.Accounts;

[Collection(nameof(AccountCluster))]
public sealed class CredentialTests(AccountCluster cluster)
{
    private const string Password = "correct horse";

    [Fact]
    public async Task Registering_one_name_many_times_at_once_lets_exactly_one_win()
    {
        var identity = $"name/{Guid.NewGuid():N}";

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            each => cluster.Credential(identity).Register($"password {each}")));

        var winner = Assert.Single(results, each => each.Status == CredentialStatus.Ok);
        Assert.Equal(15, results.Count(each => each.Status == CredentialStatus.Taken));
        var works = await cluster.Credential(identity).Verify($"password {Array.IndexOf(results, winner)}");
        Assert.Equal((CredentialStatus.Ok, winner.PlayerId), (works.Status, works.PlayerId));
        Assert.Single(AccountsOf(identity));
    }

    [Fact]
    public async Task A_registration_and_a_log_in_give_tokens_that_hold()
    {
        var (playerId, grant, credential) = await cluster.Register();
        var again = await credential.Verify(Password);

        Assert.True(playerId > 0);
        Assert.Equal(playerId, again.PlayerId);
        Assert.Equal(GameError.Ok, await cluster.Account(playerId).Check(grant.Generation, grant.Line));
        Assert.Equal(grant.Generation, again.Grant!.Generation);
        Assert.NotEqual(grant.RefreshToken, again.Grant.RefreshToken);
    }

    [Fact]
    public async Task A_device_is_unknown_once_and_the_same_account_ever_after()
    {
        var device = cluster.Credential($"device/{Guid.NewGuid():N}");

        Assert.Equal(CredentialStatus.Unknown, (await device.Verify(null)).Status);
        var made = await Task.WhenAll(device.Register(null), device.Register(null));
        var found = await device.Verify(null);

        Assert.All([.. made, found], each => Assert.Equal(CredentialStatus.Ok, each.Status));
        Assert.Single(made.Append(found).Select(each => each.PlayerId).Distinct());
    }

    [Theory]
    [InlineData("pending", WriteFault.Before)]
    [InlineData("pending", WriteFault.After)]
    [InlineData("account", WriteFault.Before)]
    [InlineData("account", WriteFault.After)]
    [InlineData("complete", WriteFault.Before)]
    [InlineData("complete", WriteFault.After)]
    public async Task A_registration_that_was_cut_anywhere_heals_on_the_next_try(string where, WriteFault fault)
    {
        var identity = $"name/{Guid.NewGuid():N}";
        cluster.Storage.BreakOnce((_, state) => state switch
        {
            CredentialState { Complete: false } when where == "pending" => fault,
            AccountState when where == "account" => fault,
            CredentialState { Complete: true } when where == "complete" => fault,
            _ => null,
        });

        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Credential(identity).Register("the first try"));

        var wasDone = where == "complete" && fault == WriteFault.After;
        var early = await cluster.Credential(identity).Verify("the first try");
        Assert.Equal(wasDone ? CredentialStatus.Ok : CredentialStatus.Unknown, early.Status);
        var second = await cluster.Credential(identity).Register("the second try");
        Assert.Equal(wasDone ? CredentialStatus.Taken : CredentialStatus.Ok, second.Status);
        var password = wasDone ? "the first try" : "the second try";
        Assert.Equal(CredentialStatus.Ok, (await cluster.Credential(identity).Verify(password)).Status);
        Assert.Single(AccountsOf(identity));
    }

    [Fact]
    public async Task A_player_id_that_is_taken_is_drawn_again()
    {
        var (taken, _, _) = await cluster.Register();
        var free = Random.Shared.NextInt64(1, long.MaxValue);
        cluster.DrawNext(taken, taken, free);

        var (playerId, _, _) = await cluster.Register();

        Assert.Equal(free, playerId);
    }

    [Fact]
    public async Task Repeated_failures_lock_the_name_and_each_further_one_doubles_the_lock()
    {
        var (_, _, credential) = await cluster.Register();

        await Fail(credential, 5);
        var locked = await credential.Verify(Password);
        Assert.Equal(CredentialStatus.Locked, locked.Status);
        Assert.InRange(locked.RetryAfter.TotalSeconds, 20, 30);

        cluster.Clock.Advance(TimeSpan.FromSeconds(30));
        await Fail(credential, 1);
        locked = await credential.Verify(Password);
        Assert.InRange(locked.RetryAfter.TotalSeconds, 50, 60);

        cluster.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password)).Status);
        await Fail(credential, 4);
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password)).Status);
    }

    [Fact]
    public async Task A_lock_never_grows_over_its_maximum()
    {
        var (_, _, credential) = await cluster.Register();
        await Fail(credential, 5);
        for (var failure = 0; failure < 40; failure++)
        {
            cluster.Clock.Advance(cluster.Options.MaxLock);
            await Fail(credential, 1);
        }

        var locked = await credential.Verify(Password);
        Assert.InRange(locked.RetryAfter, TimeSpan.FromMinutes(14), cluster.Options.MaxLock);
    }

    [Fact]
    public async Task A_lock_outlives_the_activation()
    {
        var (_, _, credential) = await cluster.Register();
        await Fail(credential, 5);

        await cluster.Deactivate(credential);

        Assert.Equal(CredentialStatus.Locked, (await credential.Verify(Password)).Status);
    }

    [Fact]
    public async Task Guesses_side_by_side_are_counted_one_by_one()
    {
        var (_, _, credential) = await cluster.Register();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(each => credential.Verify($"guess {each}")));

        Assert.Equal(5, results.Count(each => each.Status == CredentialStatus.WrongPassword));
        Assert.Equal(15, results.Count(each => each.Status == CredentialStatus.Locked));
    }

    [Fact]
    public async Task A_name_that_nobody_has_locks_alike_and_stores_nothing()
    {
        var credential = cluster.Credential($"name/{Guid.NewGuid():N}");

        for (var failure = 0; failure < 5; failure++)
            Assert.Equal(CredentialStatus.Unknown, (await credential.Verify("whatever")).Status);

        Assert.Equal(CredentialStatus.Locked, (await credential.Verify("whatever")).Status);
        Assert.Null(cluster.Storage.Find<CredentialState>("credential", credential.GetGrainId()));
    }

    [Fact]
    public async Task A_password_change_kills_the_earlier_tokens_and_the_connection()
    {
        var (playerId, before, credential) = await cluster.Register();

        var changed = await credential.ChangePassword(playerId, Password, "battery staple");

        Assert.Equal(CredentialStatus.Ok, changed.Status);
        var account = cluster.Account(playerId);
        Assert.Equal(GameError.TokenInvalid, await account.Check(before.Generation, before.Line));
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(before.RefreshToken)).Error);
        Assert.Equal(GameError.Ok, await account.Check(changed.Grant!.Generation, changed.Grant.Line));
        Assert.Equal(GoodbyeReason.Revoked, Assert.Single(cluster.Players.Of(playerId)).Reason);
        Assert.Equal(CredentialStatus.WrongPassword, (await credential.Verify(Password)).Status);
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify("battery staple")).Status);
    }

    [Fact]
    public async Task Log_ins_with_the_old_password_that_race_its_change_leave_no_token_behind()
    {
        var (playerId, _, credential) = await cluster.Register();

        var before = Enumerable.Range(0, 8).Select(_ => credential.Verify(Password)).ToArray();
        var change = credential.ChangePassword(playerId, Password, "battery staple");
        var after = Enumerable.Range(0, 3).Select(_ => credential.Verify(Password)).ToArray();
        var changed = await change;

        foreach (var result in await Task.WhenAll(before.Concat(after)))
        {
            if (result.Status == CredentialStatus.Ok)
                Assert.NotEqual(changed.Grant!.Generation, result.Grant!.Generation);
        }
    }

    [Fact]
    public async Task Nobody_changes_another_players_password_even_if_it_is_known()
    {
        var (_, _, victim) = await cluster.Register();
        var (thief, _, _) = await cluster.Register();

        var result = await victim.ChangePassword(thief, Password, "battery staple");

        Assert.NotEqual(CredentialStatus.Ok, result.Status);
        Assert.Equal(CredentialStatus.Ok, (await victim.Verify(Password)).Status);
    }

    [Theory]
    [InlineData(WriteFault.Before)]
    [InlineData(WriteFault.After)]
    public async Task A_password_change_that_was_cut_leaves_no_earlier_token(WriteFault fault)
    {
        var (playerId, before, credential) = await cluster.Register();
        cluster.Storage.BreakOnce((_, state) => state is CredentialState ? fault : null);

        await Assert.ThrowsAnyAsync<Exception>(() => credential.ChangePassword(playerId, Password, "battery staple"));

        Assert.Equal(GameError.TokenInvalid, await cluster.Account(playerId).Check(before.Generation, before.Line));
        var holds = fault == WriteFault.Before ? Password : "battery staple";
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(holds)).Status);
    }

    [Fact]
    public async Task A_dated_hash_is_renewed_at_the_next_log_in()
    {
        var (playerId, _, credential) = await cluster.Register();
        var dated = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 100 }))
            .HashPassword(new(), Password);
        await cluster.Deactivate(credential);
        cluster.Storage.Put("credential", credential.GetGrainId(), new CredentialState
        {
            PlayerId = playerId,
            Complete = true,
            PasswordHash = dated,
        });

        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password)).Status);

        var saved = cluster.Storage.Find<CredentialState>("credential", credential.GetGrainId())!;
        Assert.NotEqual(dated, saved.PasswordHash);
        Assert.Equal(CredentialStatus.Ok, (await credential.Verify(Password)).Status);
    }

    private static async Task Fail(ICredentialGrain credential, int times)
    {
        for (var failure = 0; failure < times; failure++)
            Assert.Equal(CredentialStatus.WrongPassword, (await credential.Verify("wrong horse")).Status);
    }

    private IEnumerable<AccountState> AccountsOf(string identity) =>
        cluster.Storage.All<AccountState>("account").Where(each => each.Identity == identity);
}
