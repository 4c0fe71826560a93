using GameBackend.Accounts.Testing;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Accounts;

[CollectionDefinition(nameof(AccountCluster))]
public sealed class AccountClusterCollection : ICollectionFixture<AccountCluster>;

[Collection(nameof(AccountCluster))]
public sealed class AccountTests(AccountCluster cluster)
{
    [Fact]
    public async Task An_account_is_made_once_and_made_again_only_for_the_same_identity()
    {
        var account = cluster.Account(Random.Shared.NextInt64(1, long.MaxValue));

        Assert.True(await account.Create("name/a"));
        Assert.True(await account.Create("name/a"));
        Assert.False(await account.Create("name/b"));
    }

    [Fact]
    public async Task An_account_that_does_not_exist_gives_and_takes_nothing()
    {
        var account = cluster.Account(Random.Shared.NextInt64(1, long.MaxValue));

        Assert.Equal(GameError.TokenInvalid, (await account.Open()).Error);
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh("1.AAAAAAAAAAA.x")).Error);
        Assert.Equal(GameError.TokenInvalid, await account.Check(0, 0));
        Assert.Equal(GameError.TokenInvalid, await account.Check(1, 1));
        Assert.False(await account.Ban(null, "nobody"));
        Assert.False(await account.Unban());
        Assert.Null(await account.Find());
        await account.Revoke("nobody");
        Assert.Null(cluster.Storage.Find<AccountState>("account", account.GetGrainId()));
    }

    [Fact]
    public async Task Revoking_commits_first_and_then_closes_the_connection()
    {
        var (playerId, grant, _) = await cluster.Register();
        var account = cluster.Account(playerId);
        GameError? seenByKick = null;
        cluster.Players.OnKick(playerId, async () => seenByKick = await account.Check(grant.Generation, grant.Line));

        await account.Revoke("logged out");

        Assert.Equal(GameError.TokenInvalid, seenByKick);
        Assert.Equal(new Kicked(GoodbyeReason.Revoked, "logged out"), Assert.Single(cluster.Players.Of(playerId)));
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(grant.RefreshToken)).Error);
        Assert.Null(cluster.Storage.Find<AccountState>("account", account.GetGrainId())!.Kick);
    }

    [Fact]
    public async Task A_check_during_the_write_sees_what_is_committed()
    {
        var (playerId, grant, _) = await cluster.Register();
        var account = cluster.Account(playerId);
        GameError? seenByWrite = null;
        cluster.Storage.DuringWrite = async state =>
        {
            if (state is AccountState { Kick: not null })
                seenByWrite = await account.Check(grant.Generation, grant.Line);
        };

        try
        {
            await account.Revoke("logged out");
        }
        finally
        {
            cluster.Storage.DuringWrite = null;
        }

        Assert.Equal(GameError.Ok, seenByWrite);
        Assert.Equal(GameError.TokenInvalid, await account.Check(grant.Generation, grant.Line));
    }

    [Fact]
    public async Task A_reminder_stands_before_a_revocation_is_committed_and_is_gone_when_the_kick_is_paid()
    {
        var (playerId, _, _) = await cluster.Register();
        var account = cluster.Account(playerId);
        var seenByWrite = 0;
        cluster.Storage.DuringWrite = async state =>
        {
            if (state is AccountState { Kick: not null })
                seenByWrite = await cluster.CountReminders(account);
        };

        try
        {
            await account.Revoke("logged out");
        }
        finally
        {
            cluster.Storage.DuringWrite = null;
        }

        Assert.Equal(1, seenByWrite);
        Assert.Equal(0, await cluster.CountReminders(account));
    }

    [Theory]
    [InlineData(WriteFault.Before, GameError.Ok)]
    [InlineData(WriteFault.After, GameError.TokenInvalid)]
    public async Task After_an_unclear_write_the_account_is_what_storage_says(WriteFault fault, GameError expected)
    {
        var (playerId, grant, _) = await cluster.Register();
        var account = cluster.Account(playerId);
        cluster.Storage.BreakOnce((_, state) => state is AccountState ? fault : null);

        await Assert.ThrowsAnyAsync<Exception>(() => account.Revoke("logged out"));
        // A call that is not a check waits until the broken activation is gone.
        await account.Create("name/somebody");

        Assert.Equal(expected, await account.Check(grant.Generation, grant.Line));
        if (fault == WriteFault.After)
            await cluster.Players.WhenKicked(playerId).Within(10);
    }

    [Fact]
    public async Task A_kick_that_failed_is_tried_again_soon()
    {
        var (playerId, _, _) = await cluster.Register();
        var failures = 0;
        cluster.Players.OnKick(playerId, () => Interlocked.Increment(ref failures) <= 3
            ? throw new TimeoutException("The player's silo is gone.")
            : Task.CompletedTask);

        await cluster.Account(playerId).Revoke("logged out");
        await cluster.Players.WhenKicked(playerId).Within(10);

        Assert.Single(cluster.Players.Of(playerId));
    }

    [Fact]
    public async Task A_kick_that_is_owed_is_paid_by_the_reminder_of_the_next_activation()
    {
        var (playerId, _, _) = await cluster.Register();
        var account = cluster.Account(playerId);
        cluster.Players.OnKick(playerId, () => throw new TimeoutException("The player's silo is gone."));
        await account.Ban(null, "cheating");
        await cluster.Deactivate(account);
        cluster.Players.OnKick(playerId, null);
        Assert.NotNull(cluster.Storage.Find<AccountState>("account", account.GetGrainId())!.Kick);

        await account.AsReference<IRemindable>().ReceiveReminder("kick", default);
        await cluster.Players.WhenKicked(playerId).Within(10);

        Assert.Equal(new Kicked(GoodbyeReason.Banned, "cheating"), Assert.Single(cluster.Players.Of(playerId)));
    }

    [Fact]
    public async Task No_new_session_opens_before_the_old_connection_is_closed()
    {
        var (playerId, _, credential) = await cluster.Register();
        cluster.Players.OnKick(playerId, () => throw new TimeoutException("The player's silo is gone."));
        await cluster.Account(playerId).Revoke("logged out");

        Assert.Equal(GameError.Unavailable, (await credential.Verify("correct horse")).Grant!.Error);
        cluster.Players.OnKick(playerId, null);
        Assert.Equal(GameError.Ok, (await credential.Verify("correct horse")).Grant!.Error);
        Assert.Single(cluster.Players.Of(playerId));
    }

    [Fact]
    public async Task A_ban_closes_the_connection_and_refuses_everything_until_it_ends()
    {
        var (playerId, grant, credential) = await cluster.Register();
        var account = cluster.Account(playerId);
        var until = cluster.Clock.GetUtcNow().AddHours(1);

        Assert.True(await account.Ban(until, "cheating"));

        Assert.Equal(GoodbyeReason.Banned, Assert.Single(cluster.Players.Of(playerId)).Reason);
        Assert.Equal(GameError.Banned, await account.Check(grant.Generation, grant.Line));
        Assert.Equal(TokenGrant.Refused(GameError.Banned, until), await account.Refresh(grant.RefreshToken));
        Assert.Equal(TokenGrant.Refused(GameError.Banned, until), (await credential.Verify("correct horse")).Grant);

        cluster.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(GameError.TokenInvalid, await account.Check(grant.Generation, grant.Line));
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(grant.RefreshToken)).Error);
        Assert.Equal(GameError.Ok, (await credential.Verify("correct horse")).Grant!.Error);
    }

    [Fact]
    public async Task A_ban_for_good_ends_when_it_is_lifted_and_the_tokens_before_it_stay_dead()
    {
        var (playerId, grant, credential) = await cluster.Register();
        var account = cluster.Account(playerId);

        await account.Ban(null, "cheating");
        cluster.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(TokenGrant.Refused(GameError.Banned), await account.Open());
        Assert.True(await account.Unban());

        Assert.Equal(GameError.TokenInvalid, await account.Check(grant.Generation, grant.Line));
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(grant.RefreshToken)).Error);
        Assert.Equal(GameError.Ok, (await credential.Verify("correct horse")).Grant!.Error);
    }
}
