namespace GameBackend.Game.Tests;

public sealed class GuildRankTests
{
    [Fact]
    public void Kick_by_a_plain_member_is_refused()
    {
        var guild = new TestGuild();
        guild.Enter(2);
        guild.Enter(3);
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.Kick(s, g, guild.Act(2), 3));
    }

    [Fact]
    public void An_officer_kicks_lower_ranks_alone()
    {
        var guild = new TestGuild();
        guild.Enter(2, GuildRank.Officer);
        guild.Enter(3, GuildRank.Officer);
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.Kick(s, g, guild.Act(2), 3));
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.Kick(s, g, guild.Act(2), 1));
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.Kick(s, g, guild.Act(2), 2));
        guild.Refuse(GameError.GuildMemberNotFound, (s, g) => GuildRules.Kick(s, g, guild.Act(2), 9));
        guild.Do((s, g) => GuildRules.SetRank(s, g, guild.Act(1), 3, GuildRank.Veteran));
        guild.Do((s, g) => GuildRules.Kick(s, g, guild.Act(2), 3));
        Assert.Equal(3ul, Assert.Single(guild.Change!.MembersGone));
    }

    [Fact]
    public void Nobody_is_promoted_to_the_promoters_own_rank()
    {
        var guild = new TestGuild();
        guild.Enter(2, GuildRank.Officer);
        guild.Enter(3);
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.SetRank(s, g, guild.Act(2), 3, GuildRank.Officer));
        guild.Refuse(GameError.InvalidArgument, (s, g) => GuildRules.SetRank(s, g, guild.Act(1), 3, GuildRank.Leader));
        guild.Do((s, g) => GuildRules.SetRank(s, g, guild.Act(2), 3, GuildRank.Veteran));
        guild.Do((s, g) => GuildRules.SetRank(s, g, guild.Act(2), 3, GuildRank.Member));
    }

    [Fact]
    public void The_leader_edits_the_table_of_permissions()
    {
        var guild = new TestGuild();
        guild.Enter(2);
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.Invite(s, g, guild.Act(2), 9, "p9", 1));
        var rights = new GuildRights { Rank = GuildRank.Member, Permissions = { GuildPermission.Invite } };
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.SetPermissions(s, g, guild.Act(2), rights));
        guild.Do((s, g) => GuildRules.SetPermissions(s, g, guild.Act(1), rights));
        guild.Do((s, g) => GuildRules.Invite(s, g, guild.Act(2), 9, "p9", 1));
        foreach (var wrong in new GuildRights?[]
        {
            null,
            new() { Rank = GuildRank.Leader },
            new() { Rank = GuildRank.Member, Permissions = { GuildPermission.Unspecified } },
            new() { Rank = GuildRank.Member, Permissions = { GuildPermission.Kick, GuildPermission.Kick } },
        })
        {
            guild.Refuse(GameError.InvalidArgument, (s, g) => GuildRules.SetPermissions(s, g, guild.Act(1), wrong));
        }
    }

    [Fact]
    public void A_second_transfer_by_the_former_leader_is_refused()
    {
        var guild = new TestGuild();
        guild.Enter(2);
        guild.Enter(3);
        guild.Do((s, g) => GuildRules.Transfer(s, g, guild.Act(1), 2));
        Assert.Equal((GuildRank.Officer, GuildRank.Leader), (guild.RankOf(1), guild.RankOf(2)));
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.Transfer(s, g, guild.Act(1), 3));
        guild.Do((s, g) => GuildRules.Leave(s, g, guild.Act(1)));
    }

    [Fact]
    public void An_absent_leader_is_followed_by_the_highest_rank_that_was_there()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(1), "gold", 200, out _));
        guild.Enter(2, GuildRank.Officer);
        guild.Enter(3, GuildRank.Veteran);
        guild.NowMs += 1;
        guild.Enter(4, GuildRank.Veteran);
        var absence = (long)TestGuild.Rules.SuccessionAfter.TotalMilliseconds;
        var start = guild.NowMs;
        guild.NowMs += absence + 10;
        var seen = new Dictionary<long, long> { [1] = start, [2] = start, [3] = guild.NowMs - 5, [4] = guild.NowMs };
        Assert.NotNull(GuildRules.Succeed(guild.State, TestGuild.Rules, seen, guild.NowMs).Change);
        Assert.Equal((GuildRank.Officer, GuildRank.Leader), (guild.RankOf(1), guild.RankOf(3)));
    }

    [Fact]
    public void A_leader_who_was_there_or_may_have_been_stays()
    {
        var guild = new TestGuild();
        guild.Enter(2);
        var absence = (long)TestGuild.Rules.SuccessionAfter.TotalMilliseconds;
        guild.NowMs += absence;
        foreach (var seen in new Dictionary<long, long>[]
        {
            new() { [1] = guild.NowMs - absence + 1, [2] = guild.NowMs },
            new() { [2] = guild.NowMs },
            new() { [1] = 0 },
            new() { [1] = 0, [2] = 0 },
        })
        {
            Assert.Null(GuildRules.Succeed(guild.State, TestGuild.Rules, seen, guild.NowMs).Change);
            Assert.Equal(GuildRank.Leader, guild.RankOf(1));
        }
    }
}
