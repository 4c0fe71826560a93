using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using GameBackend.Grains.Tests.Guild;

namespace GameBackend.Grains.Tests.Social;

[Collection(nameof(RedisGame))]
public sealed class BlocksOnRedisTests(RedisGame game) : BlockContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class BlocksOnEmbeddedStoreTests(EmbeddedGame game) : BlockContract(game);

/// <summary>A block ends what is open between two players, of every kind and both ways, for good.</summary>
public abstract class BlockContract(GameHost game)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Team_invitations_are_withdrawn_whoever_of_the_two_blocks(bool inviterBlocks)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var cid = await TestPlayer.Playing(game);
        var team = await NewTeam(ann);
        await Invited(ann, team, bob);
        await Invited(ann, team, cid);
        var (blocker, blocked) = inviterBlocks ? (ann, bob) : (bob, ann);
        await Block(blocker, blocked);
        Assert.Equal(GameError.TeamNoInvite, (await Teams(bob).AnswerTeamInvite(bob.Next(), team, true)).Error);
        await Block(blocker, blocked, false);
        Assert.Equal(GameError.TeamNoInvite, (await Teams(bob).AnswerTeamInvite(bob.Next(), team, true)).Error);
        Assert.Equal(GameError.Ok, (await Teams(cid).AnswerTeamInvite(cid.Next(), team, true)).Error);
        await Invited(ann, team, bob);
        Assert.Equal(GameError.Ok, (await Teams(bob).AnswerTeamInvite(bob.Next(), team, true)).Error);
    }

    [Fact]
    public async Task An_invitation_of_one_who_has_left_the_team_ends_too()
    {
        var (ann, bob, cid) = (
            await TestPlayer.Playing(game), await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await NewTeam(ann);
        await Invited(ann, team, cid);
        await Teams(cid).AnswerTeamInvite(cid.Next(), team, true);
        await Invited(ann, team, bob);
        Assert.Equal(GameError.Ok, (await Teams(ann).LeaveTeam(ann.Next(), team)).Error);
        await Wait.Until(
            async () => (await game.Client.GetGrain<IMembershipGrain>(ann.Id).Get()).Team == 0, "she has left");
        await Block(ann, bob);
        Assert.Equal(GameError.TeamNoInvite, (await Teams(bob).AnswerTeamInvite(bob.Next(), team, true)).Error);
    }

    [Fact]
    public async Task Who_has_asked_to_be_let_into_a_team_is_turned_down()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await NewTeam(ann);
        Assert.Equal(GameError.Ok, (await Teams(bob).AskForTeam(bob.Next(), team, 0)).Error);
        await Block(ann, bob);
        Assert.Equal(
            GameError.TeamNoInvite, (await Teams(ann).AnswerTeamAsk(ann.Next(), team, bob.Id, true)).Error);
        await Wait.Until(async () => (await bob.Pushes<TeamDeclined>()).Length == 1, "he is told");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Guild_invitations_are_withdrawn_whoever_of_the_two_blocks(bool inviterBlocks)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found(GuildJoinMode.Invitation);
        Assert.Equal(GameError.Ok, (await ann.Invite(bob)).Error);
        await Wait.Until(async () => await Invitations(bob) == 1, "the invitation is listed");
        await (inviterBlocks ? Block(ann, bob) : Block(bob, ann));
        var accept = await bob.Order(guild, new AcceptGuildInviteRequest { GuildId = guild });
        Assert.Equal(GameError.GuildInviteNotFound, accept.Error);
        Assert.Equal(GameError.GuildClosed, (await bob.Join(guild)).Error);
        await Wait.Until(async () => await Invitations(bob) == 0, "it is listed no more");
        await (inviterBlocks ? Block(ann, bob, false) : Block(bob, ann, false));
        accept = await bob.Order(guild, new AcceptGuildInviteRequest { GuildId = guild });
        Assert.Equal(GameError.GuildInviteNotFound, accept.Error);
    }

    [Fact]
    public async Task Invitations_of_others_into_the_same_guild_stand()
    {
        var (ann, bob, cid) = (
            await TestPlayer.Playing(game), await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found();
        await cid.MustJoin(guild);
        Assert.Equal(GameError.Ok, (await ann.Invite(bob)).Error);
        await Block(cid, bob);
        var accept = await bob.Order(guild, new AcceptGuildInviteRequest { GuildId = guild });
        Assert.Equal(GameError.Ok, accept.Error);
    }

    [Fact]
    public async Task Trade_invitations_are_withdrawn_whoever_of_the_two_blocks()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var trade = await Opened(ann, bob);
        await Block(ann, bob);
        Assert.NotEqual(GameError.Ok, (await Trades(bob).AcceptTrade(bob.Next(), trade)).Error);
        await Block(ann, bob, false);
        Assert.Equal(GameError.TradeState, (await Trades(bob).AcceptTrade(bob.Next(), trade)).Error);
        trade = await Opened(bob, ann);
        await Block(ann, bob);
        Assert.Equal(GameError.FriendBlocked, (await Trades(ann).AcceptTrade(ann.Next(), trade)).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Friend_requests_are_withdrawn_whoever_of_the_two_blocks(bool askerBlocks)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.Ok, (await Of(ann).RequestFriend(ann.Next(), bob.Id)).Error);
        await Wait.Until(async () => (await bob.Pushes<FriendChanged>()).Length == 1, "he is asked");
        await (askerBlocks ? Block(ann, bob) : Block(bob, ann));
        Assert.Equal(GameError.FriendNoRequest, (await Of(bob).AnswerFriend(bob.Next(), ann.Id, true)).Error);
    }

    [Fact]
    public async Task What_a_crash_has_left_open_is_withdrawn_after_it()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await NewTeam(ann);
        await Invited(ann, team, bob);
        var guild = await ann.Found(GuildJoinMode.Invitation);
        Assert.Equal(GameError.Ok, (await ann.Invite(bob)).Error);
        // As a silo leaves it behind that has died right after the write of the block.
        var social = game.Client.GetGrain<ISocialGrain>(ann.Id);
        await Wait.Until(() => game.IsAsleep(social), "the social side is asleep");
        await game.Store("social", social, new SocialRecord
        {
            Blocked = { new SocialMark { Player = bob.Id } },
            Withdrawing = { bob.Id },
        });
        var accept = await bob.Order(guild, new AcceptGuildInviteRequest { GuildId = guild });
        Assert.Equal(GameError.GuildInviteNotFound, accept.Error);
        await Wait.Until(async () => (await game.Stored<TeamRecord>(
            "team", game.Client.GetGrain<ITeamGrain>(team))).Invited.Count == 0, "the team's is withdrawn");
        await Wait.Until(async () => await Invitations(bob) == 0, "the guild's is withdrawn");
        await Wait.Until(async () => (await game.Stored<SocialRecord>("social", social)).Withdrawing.Count == 0,
            "nothing is left to withdraw");
    }

    [Theory]
    [InlineData("write:team/{team}")]
    [InlineData("write:social/{ann}")]
    public async Task A_block_holds_whatever_breaks(string point)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = await NewTeam(ann);
        await Invited(ann, team, bob);
        game.Faults.Arm(point.Replace("{team}", $"{team}").Replace("{ann}", $"{ann.Id}"), Fault.Before);
        var request = ann.Next();
        Assert.Equal(
            GameError.Ok, (await Wait.UntilClear(() => Of(ann).BlockPlayer(request, bob.Id, true))).Error);
        Assert.True(game.Faults.Dealt(point.Replace("{team}", $"{team}").Replace("{ann}", $"{ann.Id}")));
        var accept = await Wait.UntilClear(() => Teams(bob).AnswerTeamInvite(bob.Next(), team, true));
        Assert.Equal(GameError.TeamNoInvite, accept.Error);
    }

    private async Task Block(TestPlayer player, TestPlayer other, bool blocked = true) => Assert.Equal(
        GameError.Ok, (await Of(player).BlockPlayer(player.Next(), other.Id, blocked)).Error);

    private async Task<long> NewTeam(TestPlayer leader)
    {
        var created = await Teams(leader).CreateTeam(leader.Next(), new TeamWishes("", false, "", ""));
        return (long)CreateTeamReply.Parser.ParseFrom(created.Reply).TeamId;
    }

    private async Task Invited(TestPlayer leader, long team, TestPlayer player) => Assert.Equal(
        GameError.Ok, (await Teams(leader).InviteToTeam(leader.Next(), team, player.Id)).Error);

    private async Task<long> Opened(TestPlayer from, TestPlayer to)
    {
        var opened = await Trades(from).OpenTrade(from.Next(), to.Id);
        Assert.Equal(GameError.Ok, opened.Error);
        return (long)OpenTradeReply.Parser.ParseFrom(opened.Reply).View.Trade;
    }

    private static async Task<int> Invitations(TestPlayer player) => GuildInvitations.Parser.ParseFrom(
        (await player.Guilds().ListGuildInvitations(player.Next())).Reply).Invitations.Count;

    private IPlayerFriends Of(TestPlayer player) => game.Client.GetGrain<IPlayerFriends>(player.Id);

    private IPlayerTeam Teams(TestPlayer player) => game.Client.GetGrain<IPlayerTeam>(player.Id);

    private IPlayerTrade Trades(TestPlayer player) => game.Client.GetGrain<IPlayerTrade>(player.Id);
}
