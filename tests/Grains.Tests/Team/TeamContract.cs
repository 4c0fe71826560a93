using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Team;

[Collection(nameof(RedisGame))]
public sealed class TeamsOnRedisTests(RedisGame game) : TeamContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class TeamsOnEmbeddedStoreTests(EmbeddedGame game) : TeamContract(game);

/// <summary>Teams, as players' grains, the team's and the memberships' carry them out together.</summary>
public abstract class TeamContract(GameHost game)
{
    private static readonly TeamWishes Plain = new("", false, "", "");

    [Fact]
    public async Task A_team_is_told_to_everybody_in_it_and_to_the_one_who_asks_before_the_answer()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann, new TeamWishes("5v5", false, "dragonshit", "tonight"));
        var accepted = await Join(ann, bob, team);
        Assert.Equal(GameError.Ok, accepted.Error);
        var push = Assert.Single(accepted.Pushes!);
        Assert.Equal(Ids(ann, bob), Members(TeamChanged.Parser.ParseFrom(push.Body).Team));
        await Wait.Until(async () => (await Views(ann)).LastOrDefault()?.Members.Count == 2, "the founder sees both");
        var view = await Fetch(bob);
        Assert.Equal(
            ("5v5", "dragon****", "tonight", 5u, (ulong)ann.Id),
            (view.Settings.Mode, view.Settings.Label, view.Settings.Text, view.Size, view.Leader));
    }

    [Fact]
    public async Task A_request_that_is_sent_again_is_answered_as_the_first_time()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var create = ann.Next();
        var first = Reply(await Of(ann).CreateTeam(create, Plain));
        Assert.Equal(first, Reply(await Of(ann).CreateTeam(create, Plain)));
        await Invite(ann, bob, first);
        var accept = bob.Next();
        Assert.Equal(GameError.Ok, (await Of(bob).AnswerTeamInvite(accept, first, true)).Error);
        Assert.Equal(GameError.Ok, (await Of(bob).AnswerTeamInvite(accept, first, true)).Error);
        Assert.Equal(GameError.TeamNoInvite, (await Of(bob).AnswerTeamInvite(bob.Next(), first, true)).Error);
        var leave = bob.Next();
        Assert.Equal(GameError.Ok, (await Of(bob).LeaveTeam(leave, first)).Error);
        Assert.Equal(GameError.Ok, (await Of(bob).LeaveTeam(leave, first)).Error);
        Assert.Equal(GameError.TeamNotIn, (await Of(bob).LeaveTeam(bob.Next(), first)).Error);
    }

    [Fact]
    public async Task Two_teams_that_a_player_joins_at_once_have_the_player_once()
    {
        var (ann, bob, cid) = (
            await TestPlayer.Playing(game), await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var (one, two) = (await Create(ann), await Create(bob));
        // Both are closed and the leaders let the player in at the same moment.
        Assert.Equal(GameError.Ok, (await Of(cid).AskForTeam(cid.Next(), one, 0)).Error);
        Assert.Equal(GameError.Ok, (await Of(cid).AskForTeam(cid.Next(), 0, bob.Id)).Error);
        var answers = await Task.WhenAll(
            Of(ann).AnswerTeamAsk(ann.Next(), one, cid.Id, true), Of(bob).AnswerTeamAsk(bob.Next(), two, cid.Id, true));
        Assert.Equal([GameError.Ok, GameError.TeamAlreadyIn], answers.Select(answer => answer.Error).Order());
        var holder = answers[0].Error == GameError.Ok ? one : two;
        Assert.Equal(holder, (await Membership(cid).Get()).Team);
        Assert.Equal(1, (await Fetch(ann)).Members.Count(IsCid) + (await Fetch(bob)).Members.Count(IsCid));

        bool IsCid(TeamMember member) => member.PlayerId == (ulong)cid.Id;
    }

    [Fact]
    public async Task Whoever_loses_the_connection_is_away_and_whoever_loses_the_session_is_out()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann);
        await Join(ann, bob, team);
        await ann.Session.Detach(ann.Epoch, 0);
        await Wait.Until(async () => (await Fetch(bob)).Members[0].Away, "the founder is away");
        await ann.Resume();
        await Wait.Until(async () => !(await Fetch(bob)).Members[0].Away, "the founder is back");
        await ann.Session.Leave(ann.Epoch, 0);
        await Wait.Until(async () => (await Fetch(bob)).Members.Count == 1, "the founder is out");
        Assert.Equal((ulong)bob.Id, (await Fetch(bob)).Leader);
        await Wait.Until(async () => (await Membership(ann).Get()).Team == 0, "the founder is free");
        await ann.Login();
        Assert.NotEqual(team, await Create(ann));
    }

    [Theory]
    [InlineData("write:team/{team}", Fault.Before)]
    [InlineData("write:team/{team}", Fault.After)]
    [InlineData("write:membership/{bob}", Fault.Before)]
    [InlineData("write:membership/{bob}", Fault.After)]
    public async Task A_lost_session_ends_the_place_in_the_team_whatever_breaks(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann);
        await Join(ann, bob, team);
        await Settled(team);
        var armed = point.Replace("{team}", $"{team}").Replace("{bob}", $"{bob.Id}");
        game.Faults.Arm(armed, fault);
        await bob.Session.Leave(bob.Epoch, 0);
        await Wait.Until(
            async () => (await Membership(bob).Get()).Team == 0
                && (await Wait.UntilClear(() => Fetch(ann))).Members.Count == 1,
            "the lost player is out and free");
        Assert.True(game.Faults.Dealt(armed));
    }

    [Fact]
    public async Task A_session_whose_end_was_not_told_before_a_crash_is_told_after_it()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann);
        await Join(ann, bob, team);
        await Settled(team);
        // The end is committed, and neither what comes after it nor the telling is.
        for (var i = 0; i < 3; i++)
            game.Faults.Arm($"write:team/{team}", Fault.Before);
        await bob.Session.Leave(bob.Epoch, 0);
        await GameHost.Deactivate(bob.Session);
        await bob.Session.GetPresence();
        await Wait.Until(
            async () => (await Wait.UntilClear(() => Fetch(ann))).Members.Count == 1, "the lost player is out");
    }

    [Theory]
    [InlineData("write:team/{team}", Fault.Before)]
    [InlineData("write:team/{team}", Fault.After)]
    [InlineData("write:membership/{bob}", Fault.Before)]
    [InlineData("write:membership/{bob}", Fault.After)]
    public async Task A_joining_that_was_cut_off_is_done_once_when_it_is_sent_again(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann);
        await Invite(ann, bob, team);
        await Settled(team);
        var armed = point.Replace("{team}", $"{team}").Replace("{bob}", $"{bob.Id}");
        game.Faults.Arm(armed, fault);
        var request = bob.Next();
        await Assert.ThrowsAnyAsync<Exception>(() => Of(bob).AnswerTeamInvite(request, team, true));
        Assert.True(game.Faults.Dealt(armed));
        var outcome = await Wait.UntilClear(() => Of(bob).AnswerTeamInvite(request, team, true));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.Equal(Ids(ann, bob), Members(await Fetch(bob)));
        Assert.Equal(team, (await Membership(bob).Get()).Team);
    }

    [Fact]
    public async Task A_joining_that_nobody_repeats_is_ended_all_the_same()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann);
        await Invite(ann, bob, team);
        await Settled(team);
        game.Faults.Arm($"write:membership/{bob.Id}", Fault.Before);
        await Assert.ThrowsAnyAsync<Exception>(() => Of(bob).AnswerTeamInvite(bob.Next(), team, true));
        await GameHost.Deactivate(game.Client.GetGrain<ITeamGrain>(team));
        await Wait.Until(async () => (await Fetch(ann)).Members.Count == 2, "the joining has ended");
        Assert.Equal(team, (await Membership(bob).Get()).Team);
    }

    [Fact]
    public async Task An_empty_team_is_gone_and_its_last_player_free()
    {
        var ann = await TestPlayer.Playing(game);
        var team = await Create(ann);
        Assert.Equal(GameError.TeamAlreadyIn, (await Of(ann).CreateTeam(ann.Next(), Plain)).Error);
        Assert.Equal(GameError.Ok, (await Of(ann).LeaveTeam(ann.Next(), team)).Error);
        Assert.Equal(GameError.TeamNotFound, (await Of(ann).SetTeamReady(ann.Next(), team, true)).Error);
        await Wait.Until(async () => (await Membership(ann).Get()).Team == 0, "the last player is free");
        Assert.Equal(GameError.TeamNotIn, (await Of(ann).FetchTeam(ann.Next())).Error);
        await Create(ann);
    }

    [Fact]
    public async Task A_new_name_that_was_not_told_before_a_crash_is_told_after_it()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann);
        await Join(ann, bob, team);
        await Settled(team);
        game.Faults.Arm($"write:team/{team}", Fault.Before);
        Assert.Equal(GameError.Ok, (await bob.Profile.Rename(bob.Next(), $"q_{bob.Id}")).Error);
        await Wait.Until(() => Task.FromResult(game.Faults.Dealt($"write:team/{team}")), "the telling has failed");
        await GameHost.Deactivate(bob.Session);
        await bob.Session.GetPresence();
        await Wait.Until(
            async () => (await Wait.UntilClear(() => Fetch(ann))).Members[1].Name == $"q_{bob.Id}",
            "the new name is seen");
    }

    [Fact]
    public async Task Whoever_the_leader_has_blocked_cannot_ask_even_where_the_team_is_open()
    {
        var (ann, bob, cid) = (
            await TestPlayer.Playing(game), await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await Create(ann);
        await Join(ann, cid, team);
        await Block(ann, bob, true);
        Assert.Equal(GameError.FriendBlocked, (await Of(bob).AskForTeam(bob.Next(), team, 0)).Error);
        Assert.Equal(GameError.FriendBlocked, (await Of(bob).AskForTeam(bob.Next(), 0, cid.Id)).Error);
        Assert.Empty((await Fetch(ann)).Asking);
        Assert.Equal(
            GameError.Ok, (await Of(ann).ConfigureTeam(ann.Next(), team, new TeamWishes("", true, "", ""))).Error);
        Assert.Equal(GameError.FriendBlocked, (await Of(bob).AskForTeam(bob.Next(), team, 0)).Error);
        await Block(ann, bob, false);
        await Block(cid, bob, true);
        Assert.Equal(GameError.FriendBlocked, (await Of(bob).AskForTeam(bob.Next(), 0, cid.Id)).Error);
        var request = bob.Next();
        Assert.Equal(GameError.Ok, (await Of(bob).AskForTeam(request, team, 0)).Error);
        Assert.Equal(GameError.Ok, (await Of(bob).AskForTeam(request, team, 0)).Error);

        async Task Block(TestPlayer player, TestPlayer other, bool blocked)
        {
            var friends = game.Client.GetGrain<IPlayerFriends>(player.Id);
            Assert.Equal(GameError.Ok, (await friends.BlockPlayer(player.Next(), other.Id, blocked)).Error);
        }
    }

    [Fact]
    public async Task An_older_connection_changes_nothing()
    {
        var ann = await TestPlayer.Playing(game);
        var old = ann.Next();
        await ann.Login();
        Assert.Equal(GameError.SessionReplaced, (await Of(ann).CreateTeam(old, Plain)).Error);
        Assert.Equal(0, (await Membership(ann).Get()).Team);
    }

    private async Task<long> Create(TestPlayer player, TeamWishes? wishes = null) =>
        Reply(await Of(player).CreateTeam(player.Next(), wishes ?? Plain));

    private async Task<Outcome> Join(TestPlayer leader, TestPlayer player, long team)
    {
        await Invite(leader, player, team);
        return await Of(player).AnswerTeamInvite(player.Next(), team, true);
    }

    private async Task Invite(TestPlayer leader, TestPlayer player, long team) =>
        Assert.Equal(GameError.Ok, (await Of(leader).InviteToTeam(leader.Next(), team, player.Id)).Error);

    /// <summary>
    /// Waits until a team owes nothing, so that the next write is the one that the test brings about.
    /// </summary>
    private async Task Settled(long team)
    {
        var grain = game.Client.GetGrain<ITeamGrain>(team);
        await Wait.Until(async () =>
        {
            // Whoever asks for the team meanwhile wakes it up again.
            await GameHost.Deactivate(grain);
            if (!await game.IsAsleep(grain))
                return false;
            var stored = await game.Stored<TeamRecord>("team", grain);
            await grain.Members();
            return stored.Outbox.Count == 0 && stored.Releasing.Count == 0;
        }, "the team owes nothing");
        await Task.WhenAll((await grain.Members()).Select(
            member => game.Client.GetGrain<IPlayerSession>(member).GetPresence()));
    }

    private IPlayerTeam Of(TestPlayer player) => game.Client.GetGrain<IPlayerTeam>(player.Id);

    private IMembershipGrain Membership(TestPlayer player) => game.Client.GetGrain<IMembershipGrain>(player.Id);

    private async Task<TeamView> Fetch(TestPlayer player)
    {
        var outcome = await Of(player).FetchTeam(player.Next());
        Assert.Equal(GameError.Ok, outcome.Error);
        return TeamView.Parser.ParseFrom(outcome.Reply);
    }

    private static long Reply(Outcome outcome)
    {
        Assert.Equal(GameError.Ok, outcome.Error);
        return (long)CreateTeamReply.Parser.ParseFrom(outcome.Reply).TeamId;
    }

    private static async Task<TeamView[]> Views(TestPlayer player) =>
        [.. (await player.Pushes<TeamChanged>()).Select(changed => changed.Team)];

    private static ulong[] Ids(params TestPlayer[] players) => [.. players.Select(player => (ulong)player.Id)];

    private static ulong[] Members(TeamView view) => [.. view.Members.Select(member => member.PlayerId)];
}
