using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Guild;

[Collection(nameof(RedisGame))]
public sealed class GuildRacesOnRedisTests(RedisGame game) : GuildRaceContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class GuildRacesOnEmbeddedStoreTests(EmbeddedGame game) : GuildRaceContract(game);

/// <summary>Commands that meet, and what is cut off between two writes.</summary>
public abstract class GuildRaceContract(GameHost game)
{
    public static TheoryData<string, Fault> Cuts => new()
    {
        { "write:guild/{guild}", Fault.Before },
        { "write:guild/{guild}", Fault.After },
        { "write:guild/{guild}", Fault.TimeoutAfter },
        { "write:membership/{player}", Fault.Before },
        { "write:membership/{player}", Fault.After },
    };

    [Fact]
    public async Task Two_guilds_that_accept_one_player_at_once_have_the_player_once()
    {
        var players = await GuildPlay.Players(game, 3);
        var (ann, bob, cid) = (players[0], players[1], players[2]);
        var guilds = new[] { await ann.Found(GuildJoinMode.Request), await bob.Found(GuildJoinMode.Request) };
        for (var round = 0; round < 5; round++)
        {
            foreach (var guild in guilds)
                Assert.Equal(GameError.Ok, (await cid.Join(guild)).Error);
            var outcomes = await Task.WhenAll(ann.Approve(cid), bob.Approve(cid));
            Assert.Single(outcomes, outcome => outcome.Error == GameError.Ok);
            Assert.Single(outcomes, outcome => outcome.Error == GameError.AlreadyInGuild);
            var views = new[] { await ann.FetchGuild(), await bob.FetchGuild() };
            var holder = Assert.Single(views, view => view.RankOf(cid) == GuildRank.Member);
            Assert.Equal(holder.GuildId, await cid.GuildId());
            Assert.All(views, view => Assert.Equal(0u, view.Requests));
            Assert.Equal(GameError.Ok, (await cid.Leave(holder.GuildId)).Error);
        }
    }

    [Fact]
    public async Task Two_guilds_that_a_player_joins_at_once_have_the_player_once()
    {
        var players = await GuildPlay.Players(game, 3);
        var guilds = new[] { await players[0].Found(), await players[1].Found() };
        var cid = players[2];
        // As commands of one player that overlap: the fence before the guilds is not what holds this.
        var outcomes = await Task.WhenAll(guilds.Select(guild => game.Guild(guild).Order(
            new GuildActor(cid.Id, cid.Name, 1, ""),
            Opcodes.Of<JoinGuildRequest>().Op, new JoinGuildRequest { GuildId = guild }.ToByteArray(), null)));
        Assert.Single(outcomes, outcome => outcome.Error == GameError.Ok);
        var views = new[] { await players[0].FetchGuild(), await players[1].FetchGuild() };
        Assert.Single(views, view => view.RankOf(cid) == GuildRank.Member);
    }

    [Fact]
    public async Task Two_transfers_at_once_leave_one_leader()
    {
        var players = await GuildPlay.Players(game, 3);
        var (ann, bob, cid) = (players[0], players[1], players[2]);
        var guild = await ann.Found();
        await bob.MustJoin(guild);
        await cid.MustJoin(guild);
        var leader = ann;
        for (var round = 0; round < 6; round++)
        {
            var others = players.Where(player => player != leader).ToArray();
            var outcomes = await Task.WhenAll(others.Select(other => game.Guild(guild).Order(
                new GuildActor(leader.Id, leader.Name, 1, $"round/{round}/{other.Id}"),
                Opcodes.Of<TransferGuildRequest>().Op,
                new TransferGuildRequest { PlayerId = (ulong)other.Id }.ToByteArray(), null)));
            Assert.Single(outcomes, outcome => outcome.Error == GameError.Ok);
            Assert.Single(outcomes, outcome => outcome.Error == GameError.GuildForbidden);
            var view = await ann.FetchGuild();
            Assert.Equal((3, GuildRank.Officer), (view.Members.Count, view.RankOf(leader)));
            leader = Assert.Single(players, player => view.RankOf(player) == GuildRank.Leader);
        }
    }

    [Fact]
    public async Task What_is_donated_while_the_guild_is_disbanded_is_in_its_funds_or_back()
    {
        var players = await GuildPlay.Players(game, 6);
        var guild = await players[0].Found();
        foreach (var player in players[1..])
            await player.MustJoin(guild);
        var before = await Task.WhenAll(players.Select(player => player.Gold()));
        var donations = players[1..].Select(player => Wait.UntilClear(() => player.Donate(300))).ToList();
        var disband = players[0].Disband(guild);
        await Task.WhenAll(donations);
        Assert.Equal(GameError.Ok, (await disband).Error);
        var after = await Task.WhenAll(players.Select(player => player.Gold()));
        var taken = donations.Count(donation => donation.Result.Error == GameError.Ok);
        Assert.Equal(taken * 300, before.Sum() - after.Sum());
        var summary = await players[0].GetGuild(guild);
        Assert.Equal(taken * 300, summary.Donated.SingleOrDefault()?.Amount ?? 0);
        foreach (var player in players)
            await Wait.Until(async () => await player.GuildId() == 0, "everybody is released");
    }

    [Fact]
    public async Task Of_founders_who_take_one_name_at_once_one_wins_and_the_others_keep_their_fee()
    {
        var players = await GuildPlay.Players(game, 6);
        var before = await Task.WhenAll(players.Select(player => player.Gold()));
        var name = GuildPlay.NewName();
        var outcomes = await Task.WhenAll(players.Select((player, i) => player.Create(
            i % 2 == 0 ? name : name.ToUpperInvariant(), GuildPlay.NewTag())));
        Assert.Single(outcomes, outcome => outcome.Error == GameError.Ok);
        Assert.Equal(5, outcomes.Count(outcome => outcome.Error == GameError.GuildNameTaken));
        var after = await Task.WhenAll(players.Select(player => player.Gold()));
        Assert.Equal(GuildPlay.Fee, before.Sum() - after.Sum());
        var loser = players[Array.FindIndex(outcomes, outcome => outcome.Error != GameError.Ok)];
        await loser.Found();
    }

    [Fact]
    public async Task One_player_founds_one_guild_although_two_are_asked_for_at_once()
    {
        var ann = await TestPlayer.Playing(game);
        var before = await ann.Gold();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            ann.Create(GuildPlay.NewName(), GuildPlay.NewTag())));
        Assert.Single(outcomes, outcome => outcome.Error == GameError.Ok);
        Assert.Equal(before - GuildPlay.Fee, await ann.Gold());
    }

    [Fact]
    public async Task A_leader_who_is_away_for_too_long_is_followed_and_comes_back_as_an_officer()
    {
        var players = await GuildPlay.Players(game, 3);
        var (ann, bob, cid) = (players[0], players[1], players[2]);
        var guild = await ann.Found();
        await bob.MustJoin(guild);
        await cid.MustJoin(guild);
        Assert.Equal(GameError.Ok, (await ann.Order(
            new SetGuildRankRequest { PlayerId = (ulong)cid.Id, Rank = GuildRank.Veteran })).Error);
        await ann.Session.Leave(ann.Epoch, 0);
        game.World.Clock.Advance(Catalogue.LoadDefault().Guild.SuccessionAfter + TimeSpan.FromMinutes(1));
        await bob.Login();
        await cid.Login();
        await Wait.Until(async () => (await bob.FetchGuild()).RankOf(cid) == GuildRank.Leader, "a successor");
        await ann.Login();
        Assert.Equal(GameError.GuildForbidden, (await ann.Disband(guild)).Error);
        var view = await ann.FetchGuild();
        Assert.Equal((GuildRank.Officer, GuildRank.Leader), (view.RankOf(ann), view.RankOf(cid)));
    }

    [Fact]
    public async Task Succession_against_return_leaves_one_leader()
    {
        var players = await GuildPlay.Players(game, 2);
        var (ann, bob) = (players[0], players[1]);
        var guild = await ann.Found();
        await bob.MustJoin(guild);
        await ann.Session.Leave(ann.Epoch, 0);
        await Wait.Until(async () => (await bob.FetchGuild()).Members.Single(
            member => member.PlayerId == (ulong)ann.Id).Status == GuildMemberStatus.Offline, "ann is seen to be away");
        game.World.Clock.Advance(Catalogue.LoadDefault().Guild.SuccessionAfter + TimeSpan.FromMinutes(1));
        // The leader comes back in the moment in which the successor is there, and the guild looks.
        await Task.WhenAll(ann.Login(), bob.Login());
        for (var i = 0; i < 20; i++)
        {
            var view = await bob.FetchGuild();
            Assert.Single(view.Members, member => member.Rank == GuildRank.Leader);
            await Task.Delay(20);
        }

        // Whoever it is, it stays so: both are there now.
        var settled = await bob.FetchGuild();
        await GameHost.Deactivate(game.Guild(guild));
        Assert.Equal(settled.RankOf(ann), (await bob.FetchGuild()).RankOf(ann));
        var leader = settled.RankOf(ann) == GuildRank.Leader ? ann : bob;
        Assert.Equal(GameError.Ok, (await leader.Disband(guild)).Error);
    }

    [Fact]
    public async Task A_leader_who_is_there_again_is_not_followed()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found();
        await bob.MustJoin(guild);
        await ann.Session.Leave(ann.Epoch, 0);
        game.World.Clock.Advance(Catalogue.LoadDefault().Guild.SuccessionAfter - TimeSpan.FromHours(1));
        await ann.Login();
        game.World.Clock.Advance(TimeSpan.FromHours(2));
        await bob.Login();
        await GameHost.Deactivate(game.Guild(guild));
        await Wait.Until(async () =>
            (await bob.FetchGuild()).Members.All(member => member.SinceMs != 0), "all are known");
        Assert.Equal(GuildRank.Leader, (await bob.FetchGuild()).RankOf(ann));
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_joining_that_was_cut_off_is_finished_when_it_is_sent_again(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found();
        game.Faults.Arm(Point(point, guild, bob), fault);
        var join = bob.Next();
        var outcome = await Wait.UntilClear(() => bob.Join(guild, join));
        Assert.True(game.Faults.Dealt(Point(point, guild, bob)));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.True(JoinGuildReply.Parser.ParseFrom(outcome.Reply).Joined);
        var view = await ann.FetchGuild();
        Assert.Equal((2, guild), (view.Members.Count, await bob.GuildId()));
        var log = await ann.Read(new ReadGuildLogRequest(), ReadGuildLogReply.Parser);
        Assert.Single(log.Entries, entry => entry.Event == GuildEvent.Joined);
    }

    [Fact]
    public async Task A_joining_that_was_cut_off_after_the_claim_is_finished_by_the_guild_alone()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found();
        // The intent is written, then the claim; the member is not.
        var claim = game.Faults.Hold($"write:membership/{bob.Id}");
        var joining = bob.Join(guild);
        await claim.Arrived;
        game.Faults.Arm($"write:guild/{guild}", Fault.Before);
        claim.Release();
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => joining);
        Assert.Equal(guild, await bob.GuildId());
        await Wait.Until(async () => (await ann.FetchGuild()).Members.Count == 2, "bob is a member");
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_leaving_that_was_cut_off_is_finished_when_it_is_sent_again(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found();
        await bob.MustJoin(guild);
        game.Faults.Arm(Point(point, guild, bob), fault);
        var leave = bob.Next();
        Assert.Equal(GameError.Ok, (await Wait.UntilClear(() => bob.Leave(guild, leave))).Error);
        await Wait.Until(async () => await bob.GuildId() == 0, "the release");
        Assert.Single((await ann.FetchGuild()).Members);
        await bob.MustJoin(guild);
        Assert.Equal(guild, await bob.GuildId());
    }

    [Theory]
    [InlineData("write:guild/{guild}", Fault.Before)]
    [InlineData("write:guild/{guild}", Fault.After)]
    [InlineData("write:guild/{guild}", Fault.TimeoutAfter)]
    [InlineData("write:player/{player}", Fault.Before)]
    [InlineData("write:player/{player}", Fault.After)]
    public async Task A_donation_that_was_cut_off_counts_once(string point, Fault fault)
    {
        var ann = await TestPlayer.Playing(game);
        var guild = await ann.Found();
        var before = await ann.Gold();
        game.Faults.Arm(Point(point, guild, ann), fault);
        var donate = ann.Next();
        var outcome = await Wait.UntilClear(() => ann.Donate(400, donate));
        Assert.Equal(40, DonateToGuildReply.Parser.ParseFrom(outcome.Reply).Points);
        Assert.Equal(before - 400, await ann.Gold());
        var view = await ann.FetchGuild();
        Assert.Equal((400, 400, 40), (view.Funds.Given, view.Funds.Funds, view.Members.Single().Points));
    }

    [Theory]
    [InlineData("write:name/guild/{name}", Fault.Before)]
    [InlineData("write:name/guild/{name}", Fault.After)]
    [InlineData("write:name/guild-tag/{tag}", Fault.After)]
    [InlineData("write:membership/{player}", Fault.Before)]
    [InlineData("write:membership/{player}", Fault.After)]
    [InlineData("write:player/{player}", Fault.After)]
    public async Task A_founding_that_was_cut_off_is_finished_and_paid_once(string point, Fault fault)
    {
        var ann = await TestPlayer.Playing(game);
        var before = await ann.Gold();
        var (name, tag) = (GuildPlay.NewName(), GuildPlay.NewTag());
        point = Point(point, 0, ann).Replace("{name}", name).Replace("{tag}", tag);
        game.Faults.Arm(point, fault);
        var create = ann.Next();
        var outcome = await Wait.UntilClear(() => ann.Create(name, tag, caller: create));
        Assert.True(game.Faults.Dealt(point));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.Equal(before - GuildPlay.Fee, await ann.Gold());
        var view = await ann.FetchGuild();
        Assert.Equal((name, await ann.GuildId()), (view.Profile.Name, view.GuildId));
    }

    private static string Point(string point, ulong guild, TestPlayer player) =>
        point.Replace("{guild}", $"{guild}").Replace("{player}", $"{player.Id}");
}
