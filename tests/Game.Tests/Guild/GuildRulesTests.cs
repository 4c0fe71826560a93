namespace GameBackend.Game.Tests;

public sealed class GuildRulesTests
{
    [Fact]
    public void The_founder_leads_a_guild_of_the_first_level()
    {
        var guild = new TestGuild();
        Assert.Equal(GuildRank.Leader, guild.RankOf(TestGuild.Leader));
        Assert.Equal((1ul, 1u, 0L), (guild.State.Version, guild.State.Level, guild.State.Funds));
        Assert.Equal("The Wolves", guild.Change!.Profile.Name);
        Assert.Equal(3u, guild.Change.Funds.Cap);
        Assert.Equal(GuildEvent.Founded, Assert.Single(guild.Change.Entries).Event);
    }

    [Theory]
    [InlineData("ab", "TAG", GameError.GuildNameInvalid)]
    [InlineData(" abc", "TAG", GameError.GuildNameInvalid)]
    [InlineData("a  bc", "TAG", GameError.GuildNameInvalid)]
    [InlineData("wölfe und Волки", "TAG", GameError.GuildNameInvalid)]
    [InlineData("a name that is much too long", "TAG", GameError.GuildNameInvalid)]
    [InlineData("The Wolves", "T", GameError.GuildTagInvalid)]
    [InlineData("The Wolves", "T G", GameError.GuildTagInvalid)]
    [InlineData("The Wolves", "TAGTAG", GameError.GuildTagInvalid)]
    [InlineData("The Wolves 2", "W2", GameError.Ok)]
    public void Names_and_tags_are_checked(string name, string tag, GameError error) =>
        Assert.Equal(error, GuildRules.Validate(new GuildFounding { Name = name, Tag = tag }));

    [Fact]
    public void Who_joins_is_a_member_only_with_the_claim_in_hand()
    {
        var guild = new TestGuild();
        var decision = GuildRules.Join(guild.State, TestGuild.Rules, guild.Act(2));
        Assert.Equal((GameError.Ok, 2L, null), (decision.Error, decision.Joining, decision.Change));
        Assert.Null(guild.RankOf(2));
        guild.Do((s, g) => GuildRules.Joined(s, g, 2, guild.NowMs));
        Assert.Equal(GuildRank.Member, guild.RankOf(2));
        Assert.Equal(2ul, Assert.Single(guild.Change!.Members).PlayerId);
        Assert.Empty(guild.State.Joining);
    }

    [Fact]
    public void Who_is_on_the_way_in_takes_a_place()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(2)));
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(3)));
        guild.Refuse(GameError.GuildFull, (s, g) => GuildRules.Join(s, g, guild.Act(4)));
        guild.Do((s, g) => GuildRules.NotJoined(s, g, 3, guild.NowMs));
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(4)));
    }

    [Fact]
    public void A_guild_by_request_admits_by_approval()
    {
        var guild = new TestGuild(GuildJoinMode.Request);
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(2)));
        Assert.Equal(1u, guild.Change!.Requests);
        guild.Refuse(GameError.GuildRequestNotFound, (s, g) => GuildRules.Approve(s, g, guild.Act(1), 3));
        guild.Do((s, g) => GuildRules.Approve(s, g, guild.Act(1), 2));
        guild.Do((s, g) => GuildRules.Joined(s, g, 2, guild.NowMs));
        Assert.Equal(GuildRank.Member, guild.RankOf(2));
        Assert.Empty(guild.State.Requests);
        Assert.Equal(GuildTurn.Admitted, Assert.Single(guild.State.Duties).Turned.Turn);
        Assert.Equal((1ul, 2ul), (guild.Change!.Entries[0].Actor, guild.Change.Entries[0].Target));
    }

    [Fact]
    public void A_request_or_an_invitation_ends_with_its_time()
    {
        var guild = new TestGuild(GuildJoinMode.Request);
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(2)));
        guild.Do((s, g) => GuildRules.Invite(s, g, guild.Act(1), 3, "p3", 1));
        guild.NowMs += (long)TimeSpan.FromHours(24).TotalMilliseconds;
        guild.Refuse(GameError.GuildRequestNotFound, (s, g) => GuildRules.Approve(s, g, guild.Act(1), 2));
        guild.Refuse(GameError.GuildInviteNotFound, (s, g) => GuildRules.Accept(s, g, guild.Act(3)));
        Assert.Equal(0u, GuildViews.OpenRequests(guild.State, guild.NowMs));
        guild.Do((s, g) => GuildRules.Expire(s, g, guild.NowMs));
        Assert.Empty(guild.State.Requests);
        Assert.Empty(guild.State.Invitations);
        Assert.Equal(0u, guild.Change!.Requests);
    }

    [Fact]
    public void A_closed_guild_takes_whom_it_has_invited()
    {
        var guild = new TestGuild(GuildJoinMode.Invitation);
        guild.Refuse(GameError.GuildClosed, (s, g) => GuildRules.Join(s, g, guild.Act(2)));
        guild.Do((s, g) => GuildRules.Invite(s, g, guild.Act(1), 2, "p2", 1));
        Assert.Equal("The Wolves", Assert.Single(guild.State.Duties).Invited.Name);
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(2)));
        guild.Do((s, g) => GuildRules.Joined(s, g, 2, guild.NowMs));
        Assert.Equal(GuildRank.Member, guild.RankOf(2));
        Assert.Empty(guild.State.Invitations);
    }

    [Fact]
    public void An_invitation_can_be_declined_and_taken_back()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Invite(s, g, guild.Act(1), 2, "p2", 1));
        guild.Do((s, g) => GuildRules.Decline(s, g, guild.Act(2)));
        var declined = Assert.Single(guild.Change!.Entries);
        Assert.Equal((GuildEvent.Declined, 2ul, "p2"), (declined.Event, declined.Actor, declined.ActorName));
        guild.Refuse(GameError.GuildInviteNotFound, (s, g) => GuildRules.Accept(s, g, guild.Act(2)));
        guild.Do((s, g) => GuildRules.Invite(s, g, guild.Act(1), 2, "p2", 1));
        guild.Do((s, g) => GuildRules.Revoke(s, g, guild.Act(1), 2));
        var revoked = Assert.Single(guild.Change!.Entries);
        Assert.Equal((GuildEvent.Revoked, 2ul, "p2"), (revoked.Event, revoked.Target, revoked.TargetName));
        Assert.Equal(
            [GuildEvent.Founded, GuildEvent.Invited, GuildEvent.Declined, GuildEvent.Invited, GuildEvent.Revoked],
            guild.State.Log.Select(entry => entry.Event));
        guild.Refuse(GameError.GuildInviteNotFound, (s, g) => GuildRules.Revoke(s, g, guild.Act(1), 2));
    }

    [Fact]
    public void Lists_are_bounded()
    {
        var guild = new TestGuild(GuildJoinMode.Request);
        for (var player = 2; player <= 4; player++)
        {
            var who = player;
            guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(who)));
            guild.Do((s, g) => GuildRules.Invite(s, g, guild.Act(1), who + 10, "p", 1));
            guild.Do((s, g) => GuildRules.Ban(s, g, guild.Act(1), who + 20, "p"));
        }

        guild.Refuse(GameError.GuildListFull, (s, g) => GuildRules.Join(s, g, guild.Act(5)));
        guild.Refuse(GameError.GuildListFull, (s, g) => GuildRules.Invite(s, g, guild.Act(1), 15, "p", 1));
        guild.Refuse(GameError.GuildListFull, (s, g) => GuildRules.Ban(s, g, guild.Act(1), 25, "p"));
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(4)));
    }

    [Fact]
    public void A_ban_keeps_out_until_it_is_lifted()
    {
        var guild = new TestGuild();
        guild.Enter(2);
        guild.Do((s, g) => GuildRules.Ban(s, g, guild.Act(1), 2, "p2"));
        Assert.Null(guild.RankOf(2));
        Assert.Contains(guild.State.Duties, duty => duty is { Player: 2, Release: true });
        guild.Refuse(GameError.GuildBanned, (s, g) => GuildRules.Join(s, g, guild.Act(2)));
        guild.Refuse(GameError.GuildBanned, (s, g) => GuildRules.Invite(s, g, guild.Act(1), 2, "p2", 1));
        guild.Do((s, g) => GuildRules.Unban(s, g, guild.Act(1), 2));
        guild.Refuse(GameError.GuildBanNotFound, (s, g) => GuildRules.Unban(s, g, guild.Act(1), 2));
        guild.Enter(2);
    }

    [Fact]
    public void A_ban_stops_who_is_on_the_way_in_and_gives_the_claim_back()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(2)));
        guild.Do((s, g) => GuildRules.Ban(s, g, guild.Act(1), 2, "p2"));
        Assert.Empty(guild.State.Joining);
        Assert.True(Assert.Single(guild.State.Duties).Release);
    }

    [Fact]
    public void A_player_below_the_level_is_not_taken_unless_invited()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Configure(s, g, guild.Act(1), new ConfigureGuildRequest { MinLevel = 9 }));
        guild.Refuse(GameError.LevelTooLow, (s, g) => GuildRules.Join(s, g, guild.Act(2, level: 8)));
        guild.Do((s, g) => GuildRules.Invite(s, g, guild.Act(1), 3, "p3", 1));
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(3, level: 1)));
    }

    [Fact]
    public void Texts_are_bounded_and_fields_that_are_absent_stay()
    {
        var guild = new TestGuild();
        guild.Do((s, g) => GuildRules.Configure(
            s, g, guild.Act(1), new ConfigureGuildRequest { Notice = "hello", Emblem = "wolf" }));
        guild.Do((s, g) => GuildRules.Configure(
            s, g, guild.Act(1), new ConfigureGuildRequest { MessageOfTheDay = "line\nline" }));
        var profile = guild.State.Profile;
        Assert.Equal(("hello", "wolf", "line\nline"), (profile.Notice, profile.Emblem, profile.MessageOfTheDay));
        foreach (var (wish, error) in new (ConfigureGuildRequest, GameError)[]
        {
            (new() { Notice = new string('x', 501) }, GameError.TextTooLong),
            (new() { Emblem = new string('x', 65) }, GameError.TextTooLong),
            (new() { MessageOfTheDay = "\u0007" }, GameError.InvalidArgument),
            (new() { JoinMode = GuildJoinMode.Unspecified }, GameError.InvalidArgument),
            (new() { JoinMode = (GuildJoinMode)9 }, GameError.InvalidArgument),
            (new(), GameError.InvalidArgument),
        })
        {
            guild.Refuse(error, (s, g) => GuildRules.Configure(s, g, guild.Act(1), wish));
        }
    }

    [Fact]
    public void A_disbanded_guild_owes_every_release_and_its_names_and_takes_nothing_more()
    {
        var guild = new TestGuild();
        guild.Enter(2);
        guild.Do((s, g) => GuildRules.Join(s, g, guild.Act(3)));
        guild.Do((s, g) => GuildRules.Donate(s, g, guild.Act(2), "gold", 30, out _));
        guild.Refuse(GameError.GuildForbidden, (s, g) => GuildRules.Disband(s, g, guild.Act(2)));
        guild.Refuse(GameError.GuildLeaderMustStay, (s, g) => GuildRules.Leave(s, g, guild.Act(1)));
        guild.Do((s, g) => GuildRules.Disband(s, g, guild.Act(1)));
        Assert.Equal([1L, 2L, 3L], guild.State.Duties.Where(duty => duty.Release).Select(duty => duty.Player).Order());
        Assert.Equal(["guild/the wolves", "guild-tag/wlv"],
            guild.State.Duties.Where(duty => duty.Name.Length > 0).Select(duty => duty.Name));
        Assert.Equal((0L, 30L, 30L), (guild.State.Funds, guild.State.Given, guild.State.Spent));
        guild.Refuse(GameError.GuildNotFound, (s, g) => GuildRules.Join(s, g, guild.Act(4)));
        guild.Refuse(GameError.GuildNotFound, (s, g) => GuildRules.Donate(s, g, guild.Act(2), "gold", 30, out _));
    }

    [Fact]
    public void The_log_is_bounded_and_read_page_by_page()
    {
        var guild = new TestGuild();
        for (var i = 0; i < 250; i++)
            guild.Do((s, g) => GuildRules.Configure(s, g, guild.Act(1), new ConfigureGuildRequest { Notice = $"{i}" }));
        var (seqs, before) = (new List<ulong>(), 0UL);
        do
        {
            var request = new ReadGuildLogRequest { BeforeSeq = before, Count = 30 };
            Assert.Equal(GameError.Ok, GuildViews.Log(guild.State, 1, request, out var page));
            seqs.AddRange(page.Entries.Select(entry => entry.Seq));
            before = page.NextBeforeSeq;
        }
        while (before != 0);
        Assert.Equal(Enumerable.Range(52, 200).Select(seq => (ulong)seq).Reverse(), seqs);
        Assert.Equal(GameError.PageInvalid, GuildViews.Log(guild.State, 1, new() { Count = 101 }, out _));
        Assert.Equal(GameError.NotInGuild, GuildViews.Log(guild.State, 9, new(), out _));
    }
}
