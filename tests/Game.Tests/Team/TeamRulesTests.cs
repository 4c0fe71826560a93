namespace GameBackend.Game.Tests;

public sealed class TeamRulesTests
{
    private const long Now = 1_000_000;

    internal static readonly Catalogue Catalogue = Catalogue.LoadDefault();

    [Fact]
    public void The_founder_leads_once_the_claim_is_made()
    {
        var team = new TeamRecord();
        Assert.Equal(GameError.Ok, TeamRules.Create(team, Catalogue, 7, new TeamSettings(), Joiner(1), Now));
        Assert.Empty(team.Members);
        TeamRules.FinishJoin(team, 1, Now);
        Assert.Equal((1, "free", 10u), (team.Leader, team.Settings.Mode, TeamOutbox.View(team).Size));
    }

    [Fact]
    public void A_team_whose_founder_could_not_be_claimed_is_gone()
    {
        var team = new TeamRecord();
        TeamRules.Create(team, Catalogue, 7, new TeamSettings(), Joiner(1), Now);
        TeamRules.AbandonJoin(team, 1, Now);
        Assert.False(TeamRules.Exists(team));
    }

    [Fact]
    public void An_invitation_is_good_once_and_for_a_time()
    {
        var team = Team(1);
        Assert.Equal(GameError.TeamNoInvite, TeamRules.AcceptInvite(team, Joiner(2), Now));
        Assert.Equal(GameError.Ok, TeamRules.Invite(team, 1, 2, "p2", Now));
        var late = Now + (long)TeamRules.WishLasts.TotalMilliseconds;
        Assert.Equal(GameError.TeamNoInvite, TeamRules.AcceptInvite(team, Joiner(2), late));
        Assert.Equal(GameError.Ok, TeamRules.AcceptInvite(team, Joiner(2), late - 1));
        TeamRules.FinishJoin(team, 2, late);
        TeamRules.Leave(team, 2, late);
        Assert.Equal(GameError.TeamNoInvite, TeamRules.AcceptInvite(team, Joiner(2), Now));
    }

    [Fact]
    public void A_plain_member_invites_only_into_an_open_team()
    {
        var team = Team(1, 2);
        Assert.Equal(GameError.TeamNotLeader, TeamRules.Invite(team, 2, 3, "p3", Now));
        Configure(team, 1, new TeamSettings { Open = true });
        Assert.Equal(GameError.Ok, TeamRules.Invite(team, 2, 3, "p3", Now));
        Assert.Equal(GameError.TeamNotIn, TeamRules.Invite(team, 9, 3, "p3", Now));
    }

    [Fact]
    public void Who_asks_a_closed_team_waits_for_the_leader()
    {
        var team = Team(1, 2);
        Assert.Equal(GameError.Ok, TeamRules.Ask(team, Joiner(3), Now));
        Assert.False(TeamRules.JoinsAtOnce(team, 3, Now));
        Assert.Equal(3ul, Assert.Single(TeamOutbox.View(team).Asking).PlayerId);
        Assert.Equal(GameError.TeamNotLeader, TeamRules.AcceptAsk(team, 2, Joiner(3), Now));
        Assert.Equal(GameError.Ok, TeamRules.AcceptAsk(team, 1, Joiner(3), Now));
        TeamRules.FinishJoin(team, 3, Now);
        Assert.Empty(team.Asking);
        Assert.Equal([1, 2, 3], team.Members.Select(member => member.Player));
    }

    [Fact]
    public void Kick_by_a_plain_member_is_refused()
    {
        var team = Team(1, 2, 3);
        Assert.Equal(GameError.TeamNotLeader, TeamRules.Kick(team, 2, 3, Now));
        Assert.Equal(GameError.InvalidArgument, TeamRules.Kick(team, 1, 1, Now));
        Assert.Equal(GameError.TeamNotMember, TeamRules.Kick(team, 1, 4, Now));
        Assert.Equal(GameError.Ok, TeamRules.Kick(team, 1, 3, Now));
        Assert.Equal(3, Assert.Single(team.Releasing));
    }

    [Fact]
    public void The_longest_standing_who_is_there_follows_a_leader_who_is_lost()
    {
        var team = Team(1, 2, 3);
        TeamRules.SetAway(team, 2, true);
        Assert.True(TeamRules.AccountLost(team, 1, 1, Now));
        Assert.Equal(3, team.Leader);
        Assert.Equal(GameError.Ok, TeamRules.Leave(team, 3, Now));
        Assert.Equal(2, team.Leader);
    }

    [Fact]
    public void The_loss_of_an_earlier_session_does_not_touch_a_later_joining()
    {
        var team = Team(1);
        TeamRules.Invite(team, 1, 2, "p2", Now);
        TeamRules.AcceptInvite(team, new TeamJoiner(2, "p2", 5), Now);
        TeamRules.FinishJoin(team, 2, Now);
        Assert.False(TeamRules.AccountLost(team, 2, 5, Now));
        Assert.True(TeamRules.AccountLost(team, 2, 6, Now));
        Assert.False(TeamRules.AccountLost(team, 2, 6, Now));
    }

    [Fact]
    public void A_mode_for_fewer_than_there_are_is_refused_and_another_takes_ready_back()
    {
        var team = Team(1, 2, 3);
        TeamRules.SetReady(team, 2, true);
        Assert.Equal(GameError.TeamFull, Configure(team, 1, new TeamSettings { Mode = "1v1" }));
        Assert.Equal(GameError.TeamModeUnknown, Configure(team, 1, new TeamSettings { Mode = "chess" }));
        Assert.Equal(
            GameError.TextTooLong, Configure(team, 1, new TeamSettings { Label = new string('x', 41) }));
        Assert.Equal(GameError.InvalidArgument, Configure(team, 1, new TeamSettings { Text = "\u0007" }));
        Assert.True(TeamRules.Member(team, 2)!.Ready);
        Assert.Equal(GameError.Ok, Configure(team, 1, new TeamSettings { Mode = "3v3" }));
        Assert.False(TeamRules.Member(team, 2)!.Ready);
        Assert.Equal(GameError.TeamFull, TeamRules.Invite(team, 1, 4, "p4", Now));
    }

    [Fact]
    public void A_team_is_for_one_side_of_every_mode_that_can_be_queued_for()
    {
        Assert.Equal(["1v1", "3v3", "5v5", "ffa8"], Catalogue.Modes.Keys.Order());
        foreach (var mode in Catalogue.Modes.Values)
        {
            var team = Team(1);
            Assert.Equal(GameError.Ok, Configure(team, 1, new TeamSettings { Mode = mode.Id }));
            Assert.Equal((uint)mode.Size, TeamOutbox.View(team).Size);
            for (var player = 2; player <= mode.Size; player++)
                Assert.Equal(GameError.Ok, Join(team, player));
            Assert.Equal(GameError.TeamFull, TeamRules.Invite(team, 1, 9, "p9", Now));
        }
    }

    [Fact]
    public void A_saved_team_of_a_mode_that_is_no_more_is_free()
    {
        var team = Team(1, 2, 3);
        (team.Settings.Mode, team.Settings.Label, team.Size) = ("squad", "dragons", 0);
        TeamRules.Restore(team, Catalogue);
        Assert.Equal(("free", "dragons", 10u), (team.Settings.Mode, team.Settings.Label, team.Size));
        (team.Settings.Mode, team.Size) = ("3v3", 0);
        TeamRules.Restore(team, Catalogue);
        Assert.Equal(("3v3", 3u), (team.Settings.Mode, team.Size));
        var none = new TeamRecord();
        TeamRules.Restore(none, Catalogue);
        Assert.Equal(new TeamRecord(), none);
    }

    [Fact]
    public void Only_the_newest_view_is_owed_to_each_member()
    {
        var team = Team(1, 2);
        team.Outbox.Clear();
        TeamRules.SetReady(team, 1, true);
        TeamRules.SetReady(team, 2, true);
        Assert.Equal([1, 2], team.Outbox.Select(push => push.Player));
        Assert.All(team.Outbox, push =>
            Assert.Equal(team.Version, TeamChanged.Parser.ParseFrom(push.Body).Team.Version));
    }

    [Fact]
    public void Done_requests_are_bounded_and_notifications_leave_none()
    {
        var done = new List<KeyedAnswer>();
        for (var i = 0; i < 40; i++)
            KeyedAnswerRules.Remember(done, i % 2, $"{i}", ByteString.Empty, Now);
        KeyedAnswerRules.Remember(done, 3, "", ByteString.Empty, Now);
        Assert.Equal(2 * KeyedAnswerRules.KeptOfPlayer, done.Count);
        Assert.NotNull(KeyedAnswerRules.Find(done, 1, "39"));
        Assert.Null(KeyedAnswerRules.Find(done, 0, "39"));
        Assert.Null(KeyedAnswerRules.Find(done, 1, "3"));

        var later = Now + (long)KeyedAnswerRules.KeptFor.TotalMilliseconds + 1;
        KeyedAnswerRules.Remember(done, 1, "later", ByteString.Empty, later);
        Assert.Equal("later", Assert.Single(done).Key);
    }

    internal static TeamJoiner Joiner(long player) => new(player, $"p{player}", 0);

    internal static TeamRecord Team(params long[] members)
    {
        var team = new TeamRecord();
        TeamRules.Create(team, Catalogue, 7, new TeamSettings(), Joiner(members[0]), Now);
        TeamRules.FinishJoin(team, members[0], Now);
        foreach (var player in members.Skip(1))
            Join(team, player);

        return team;
    }

    private static GameError Configure(TeamRecord team, long actor, TeamSettings settings) =>
        TeamRules.Configure(team, Catalogue, actor, settings);

    private static GameError Join(TeamRecord team, long player)
    {
        TeamRules.Invite(team, team.Leader, player, $"p{player}", Now);
        var error = TeamRules.AcceptInvite(team, Joiner(player), Now);
        TeamRules.FinishJoin(team, player, Now);
        return error;
    }
}
