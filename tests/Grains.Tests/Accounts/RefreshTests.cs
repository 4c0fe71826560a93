using System.Text;
using GameBackend.Accounts.Testing;

namespace GameBackend.Grains.Tests.Accounts;

[Collection(nameof(AccountCluster))]
public sealed class RefreshTests(AccountCluster cluster)
{
    [Fact]
    public async Task A_refresh_token_is_traded_for_the_next_and_the_next()
    {
        var (playerId, grant, _) = await cluster.Register();
        var account = cluster.Account(playerId);

        var seen = new HashSet<string> { grant.RefreshToken };
        for (var trade = 0; trade < 5; trade++)
        {
            var next = await account.Refresh(grant.RefreshToken);
            Assert.Equal((GameError.Ok, grant.Generation), (next.Error, next.Generation));
            Assert.True(seen.Add(next.RefreshToken));
            grant = next;
        }
    }

    [Fact]
    public async Task A_lost_reply_is_answered_again_with_the_same_token()
    {
        var (playerId, grant, _) = await cluster.Register();
        var account = cluster.Account(playerId);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => account.Refresh(grant.RefreshToken)));
        await cluster.Deactivate(account);
        var late = await account.Refresh(grant.RefreshToken);

        Assert.Single(answers.Append(late).Distinct());
        Assert.Equal(GameError.Ok, (await account.Refresh(late.RefreshToken)).Error);
    }

    [Fact]
    public async Task A_trade_whose_write_broke_can_be_tried_again()
    {
        var (playerId, grant, _) = await cluster.Register();
        var account = cluster.Account(playerId);
        foreach (var fault in new[] { WriteFault.Before, WriteFault.After })
        {
            cluster.Storage.BreakOnce((_, state) => state is AccountState ? fault : null);
            await Assert.ThrowsAnyAsync<Exception>(() => account.Refresh(grant.RefreshToken));
            grant = await account.Refresh(grant.RefreshToken);
            Assert.Equal(GameError.Ok, grant.Error);
        }
    }

    [Fact]
    public async Task A_traded_token_that_comes_back_late_revokes_its_line_and_no_other()
    {
        var (playerId, stolen, credential) = await cluster.Register();
        var account = cluster.Account(playerId);
        var other = (await credential.Verify("correct horse")).Grant!;
        var owners = await account.Refresh(stolen.RefreshToken);
        cluster.Clock.Advance(cluster.Options.RefreshGrace + TimeSpan.FromSeconds(1));

        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(stolen.RefreshToken)).Error);

        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(owners.RefreshToken)).Error);
        Assert.Equal(GameError.TokenInvalid, await account.Check(owners.Generation, owners.Line));
        Assert.Equal(GoodbyeReason.Revoked, Assert.Single(cluster.Players.Of(playerId)).Reason);
        Assert.Equal(GameError.Ok, await account.Check(other.Generation, other.Line));
        Assert.Equal(GameError.Ok, (await account.Refresh(other.RefreshToken)).Error);
    }

    [Fact]
    public async Task A_line_whose_connection_could_not_be_closed_keeps_nobody_out_and_is_closed_later()
    {
        var (playerId, first, credential) = await cluster.Register();
        var account = cluster.Account(playerId);
        var second = await account.Refresh(first.RefreshToken);
        await account.Refresh(second.RefreshToken);
        cluster.Players.OnKick(playerId, () => throw new TimeoutException("The player's silo is gone."));

        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(first.RefreshToken)).Error);

        Assert.Equal(1, await cluster.CountReminders(account));
        Assert.Equal(GameError.TokenInvalid, await account.Check(first.Generation, first.Line));
        Assert.Equal(GameError.Ok, (await credential.Verify("correct horse")).Grant!.Error);
        cluster.Players.OnKick(playerId, null);
        await cluster.Players.WhenKicked(playerId).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(GoodbyeReason.Revoked, Assert.Single(cluster.Players.Of(playerId)).Reason);
    }

    [Fact]
    public async Task A_token_two_trades_old_revokes_its_line_at_once()
    {
        var (playerId, first, _) = await cluster.Register();
        var account = cluster.Account(playerId);
        var second = await account.Refresh(first.RefreshToken);
        var third = await account.Refresh(second.RefreshToken);

        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(first.RefreshToken)).Error);
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(third.RefreshToken)).Error);
    }

    [Fact]
    public async Task A_refresh_token_expires_and_each_trade_renews_it()
    {
        var (playerId, grant, _) = await cluster.Register();
        var account = cluster.Account(playerId);

        cluster.Clock.Advance(TimeSpan.FromDays(29));
        grant = await account.Refresh(grant.RefreshToken);
        cluster.Clock.Advance(TimeSpan.FromDays(29));
        grant = await account.Refresh(grant.RefreshToken);
        Assert.Equal(GameError.Ok, grant.Error);
        cluster.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(grant.RefreshToken)).Error);
    }

    [Fact]
    public async Task Only_so_many_log_ins_are_kept_and_the_least_recently_used_goes()
    {
        var (playerId, first, credential) = await cluster.Register();
        var account = cluster.Account(playerId);
        var second = (await credential.Verify("correct horse")).Grant!;
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        first = await account.Refresh(first.RefreshToken);

        for (var logIn = 0; logIn < cluster.Options.MaxRefreshLines - 1; logIn++)
            await credential.Verify("correct horse");

        Assert.Equal(GameError.TokenInvalid, await account.Check(second.Generation, second.Line));
        Assert.Equal(GameError.Ok, await account.Check(first.Generation, first.Line));
        Assert.Single(cluster.Players.Of(playerId));
        Assert.Equal(GameError.TokenInvalid, (await account.Refresh(second.RefreshToken)).Error);
        Assert.Equal(GameError.Ok, (await account.Refresh(first.RefreshToken)).Error);
        var saved = cluster.Storage.Find<AccountState>("account", account.GetGrainId())!;
        Assert.Equal(cluster.Options.MaxRefreshLines, saved.Lines.Length);
    }

    [Fact]
    public async Task A_token_of_another_account_is_refused_and_harms_nobody()
    {
        var (one, grant, _) = await cluster.Register();
        var (two, _, _) = await cluster.Register();

        Assert.Equal(GameError.TokenInvalid, (await cluster.Account(two).Refresh(grant.RefreshToken)).Error);
        Assert.Equal(GameError.Ok, (await cluster.Account(one).Refresh(grant.RefreshToken)).Error);
    }

    [Fact]
    public async Task Storage_holds_no_secret()
    {
        var (playerId, grant, _) = await cluster.Register();
        var secret = grant.RefreshToken.Split('.')[2];
        Assert.True(RefreshToken.TryParse(grant.RefreshToken, out var token));
        var saved = cluster.Storage.Find<AccountState>("account", cluster.Account(playerId).GetGrainId())!;

        var line = Assert.Single(saved.Lines);
        Assert.NotEqual(token.Secret, line.Current);
        Assert.DoesNotContain(secret, grant.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_token_is_refused_whatever_it_is()
    {
        var good = RefreshToken.Open(42, 1, DateTimeOffset.UnixEpoch).Token.Encode();
        Assert.True(RefreshToken.TryParse(good, out _));

        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder(good);
            for (var edit = random.Next(1, 4); edit > 0; edit--)
                text[random.Next(text.Length)] = (char)random.Next(round % 2 == 0 ? 128 : 0x10000);
            var mutated = text.ToString();
            // A mutation may be a token in form; then it must be read to the letter.
            if (RefreshToken.TryParse(mutated, out var read))
                Assert.Equal(mutated, read.Encode());
        }

        string[] bads = ["", ".", "1..", $" {good}", $"{good} ", $"0{good}", $"-{good}", $"{good}A", good[..^1]];
        foreach (var bad in bads)
            Assert.False(RefreshToken.TryParse(bad, out _), bad);
    }
}
