using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Values;

[Collection(nameof(RedisGame))]
public sealed class MembershipOnRedisTests(RedisGame game) : MembershipContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class MembershipOnEmbeddedStoreTests(EmbeddedGame game) : MembershipContract(game);

/// <summary>A player's groups: one of each kind.</summary>
public abstract class MembershipContract(GameHost game)
{
    private IMembershipGrain New() => game.Client.GetGrain<IMembershipGrain>(Random.Shared.NextInt64(1, long.MaxValue));

    [Fact]
    public async Task Of_many_groups_that_claim_a_player_at_once_one_has_it()
    {
        var player = New();
        var claims = await Task.WhenAll(
            Enumerable.Range(1, 20).Select(group => player.Claim(MembershipKind.Guild, group)));
        var holder = Assert.Single(claims.Distinct());
        Assert.Equal(new Memberships(holder, 0), await player.Get());
    }

    [Fact]
    public async Task Only_the_group_that_has_a_player_can_release_it()
    {
        var player = New();
        await player.Claim(MembershipKind.Team, 7);
        await player.Release(MembershipKind.Team, 8);
        await player.Release(MembershipKind.Guild, 7);
        Assert.Equal(new Memberships(0, 7), await player.Get());
        await player.Release(MembershipKind.Team, 7);
        Assert.Equal(9, await player.Claim(MembershipKind.Team, 9));
    }

    [Fact]
    public async Task An_absence_ends_the_ticket_and_counts_once_however_often_it_is_told()
    {
        var player = New();
        await player.Claim(MembershipKind.Battle, 5, "1v1/europe");
        var until = await player.Penalise(5, 9);
        Assert.Equal(until, await player.Penalise(5, 9));
        await GameHost.Deactivate(player);
        Assert.Equal(until, await Wait.UntilClear(() => player.Penalise(5, 9)));
        Assert.Equal(new Memberships(0, 0, 0, "", until), await player.Get());
        Assert.Equal(Memberships.Penalised, await player.Claim(MembershipKind.Battle, 6, "1v1/europe"));
        Assert.True(await player.Penalise(0, 10) > until);
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task A_claim_that_was_cut_off_holds_when_it_is_repeated(Fault fault)
    {
        var player = New();
        var point = $"write:membership/{player.GetPrimaryKeyLong()}";
        game.Faults.Arm(point, fault);
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => player.Claim(MembershipKind.Guild, 3));
        Assert.True(game.Faults.Dealt(point));
        Assert.Equal(3, await Wait.UntilClear(() => player.Claim(MembershipKind.Guild, 3)));
        Assert.Equal(3, (await player.Get()).Guild);
    }
}
