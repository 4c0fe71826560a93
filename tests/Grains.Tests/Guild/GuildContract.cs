using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Guild;

[Collection(nameof(RedisGame))]
public sealed class GuildsOnRedisTests(RedisGame game) : GuildContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class GuildsOnEmbeddedStoreTests(EmbeddedGame game) : GuildContract(game);

/// <summary>Guilds, as players' grains, the guild's and the leaves carry them out together.</summary>
public abstract class GuildContract(GameHost game)
{
    [Fact]
    public async Task A_guild_costs_its_fee_once_and_is_told_before_the_answer_to_those_who_join()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var before = await ann.Gold();
        var request = ann.Next();
        var name = GuildPlay.NewName();
        var first = await ann.Create(name, GuildPlay.NewTag(), caller: request);
        var again = await ann.Create(name, GuildPlay.NewTag(), caller: request);
        Assert.Equal((GameError.Ok, GameError.Ok), (first.Error, again.Error));
        Assert.Equal(first.Reply, again.Reply);
        Assert.Equal(before - GuildPlay.Fee, await ann.Gold());
        var guild = CreateGuildReply.Parser.ParseFrom(first.Reply).GuildId;

        var joined = await bob.Join(guild);
        var push = GuildChanged.Parser.ParseFrom(Assert.Single(joined.Pushes!).Body);
        Assert.Equal((ulong)bob.Id, push.Members.Single().PlayerId);
        Assert.Equal(JoinGuildReply.Parser.ParseFrom(joined.Reply).Version, push.Version);
        await Wait.Until(async () =>
            (await ann.Pushes<GuildChanged>()).Any(c => c.Version == push.Version), "a push to ann");
        var view = await bob.FetchGuild();
        Assert.Equal((name, 2, push.Version), (view.Profile.Name, view.Members.Count, view.Version));
        Assert.Equal((GuildRank.Leader, GuildRank.Member), (view.RankOf(ann), view.RankOf(bob)));
        Assert.Equal(GameError.AlreadyInGuild, (await ann.Create(GuildPlay.NewName(), GuildPlay.NewTag())).Error);
        Assert.Equal(GameError.AlreadyInGuild, (await bob.Join(guild)).Error);
    }

    [Fact]
    public async Task A_command_that_is_sent_again_is_answered_as_the_first_time()
    {
        var players = await GuildPlay.Players(game, 3);
        var (ann, bob, cid) = (players[0], players[1], players[2]);
        var guild = await ann.Found();
        await cid.MustJoin(guild);
        var join = bob.Next();
        Assert.Equal((await bob.Join(guild, join)).Reply, (await bob.Join(guild, join)).Reply);
        var donate = bob.Next();
        var before = await bob.Gold();
        Assert.Equal((await bob.Donate(200, donate)).Reply, (await bob.Donate(200, donate)).Reply);
        Assert.Equal(before - 200, await bob.Gold());
        Assert.Equal(200, (await bob.FetchGuild()).Funds.Given);
        var kick = ann.Next();
        Assert.Equal(GameError.Ok,
            (await ann.Order(new KickGuildMemberRequest { PlayerId = (ulong)cid.Id }, caller: kick)).Error);
        Assert.Equal(GameError.Ok,
            (await ann.Order(new KickGuildMemberRequest { PlayerId = (ulong)cid.Id }, caller: kick)).Error);
        var leave = bob.Next();
        Assert.Equal(GameError.Ok, (await bob.Leave(guild, leave)).Error);
        Assert.Equal(GameError.Ok, (await bob.Leave(guild, leave)).Error);
        Assert.Equal(GameError.NotInGuild, (await bob.Leave(guild)).Error);
        Assert.Equal(0ul, await bob.GuildId());
    }

    [Fact]
    public async Task Who_leaves_is_free_at_once_and_who_is_kicked_hears_of_it()
    {
        var players = await GuildPlay.Players(game, 3);
        var (ann, bob, cid) = (players[0], players[1], players[2]);
        var (one, two) = (await ann.Found(), await bob.Found());
        await cid.MustJoin(one);
        Assert.Equal(GameError.Ok, (await cid.Leave(one)).Error);
        await cid.MustJoin(two);
        Assert.Equal(GameError.Ok, (await bob.Kick(cid)).Error);
        await Wait.Until(async () =>
            (await cid.Pushes<GuildTurned>()).Any(t => t.Turn == GuildTurn.Kicked), "the news");
        await Wait.Until(async () => await cid.GuildId() == 0, "the release");
        await cid.MustJoin(one);
        Assert.Equal(GameError.Ok, (await cid.Leave(one)).Error);
        await cid.MustJoin(one);
    }

    [Fact]
    public async Task An_invitation_is_listed_told_and_accepted()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found(GuildJoinMode.Invitation);
        Assert.Equal(GameError.GuildClosed, (await bob.Join(guild)).Error);
        Assert.Equal(GameError.PlayerNotFound, (await ann.Order(new InviteToGuildRequest { PlayerId = 5 }, 5)).Error);
        Assert.Equal(GameError.Ok, (await ann.Invite(bob)).Error);
        await Wait.Until(async () => (await Invitations(bob)).Count == 1, "the invitation is listed");
        await Wait.Until(async () => (await bob.Pushes<GuildInvitation>()).Length == 1, "the invitation is told");
        var open = await ann.Read(new ListGuildApplicationsRequest(), GuildApplications.Parser);
        Assert.Equal(bob.Name, Assert.Single(open.Invitations).Name);
        Assert.Equal(GameError.Ok, (await bob.Order(guild, new AcceptGuildInviteRequest { GuildId = guild })).Error);
        Assert.Equal(guild, await bob.GuildId());
        await Wait.Until(async () => (await Invitations(bob)).Count == 0, "the invitation is gone");
    }

    [Fact]
    public async Task Who_is_blocked_cannot_invite()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await ann.Found();
        var friends = game.Client.GetGrain<IPlayerFriends>(bob.Id);
        Assert.Equal(GameError.Ok, (await friends.BlockPlayer(bob.Next(), ann.Id, true)).Error);
        Assert.Equal(GameError.FriendBlocked, (await ann.Invite(bob)).Error);
        Assert.Equal(GameError.Ok, (await friends.BlockPlayer(bob.Next(), ann.Id, false)).Error);
        Assert.Equal(GameError.Ok, (await ann.Invite(bob)).Error);
    }

    [Fact]
    public async Task Names_and_tags_are_free_again_once_the_guild_is_disbanded()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var (name, tag) = (GuildPlay.NewName(), GuildPlay.NewTag());
        var guild = CreateGuildReply.Parser.ParseFrom((await ann.Create(name, tag)).Reply).GuildId;
        var before = await bob.Gold();
        Assert.Equal(GameError.GuildNameTaken, (await bob.Create(name.ToUpperInvariant(), GuildPlay.NewTag())).Error);
        Assert.Equal(GameError.GuildTagTaken, (await bob.Create(GuildPlay.NewName(), tag.ToUpperInvariant())).Error);
        Assert.Equal(before, await bob.Gold());
        Assert.Equal(GameError.Ok, (await ann.Disband(guild)).Error);
        Assert.Equal(GameError.Ok, (await bob.Create(name, tag)).Error);
        Assert.Equal(GameError.Ok, (await ann.Create(GuildPlay.NewName(), GuildPlay.NewTag())).Error);
        Assert.NotEqual(0, (await ann.GetGuild(guild)).DisbandedAtMs);
        Assert.Equal(GameError.GuildNotFound, (await ann.Join(guild)).Error);
    }

    [Fact]
    public async Task What_contribution_buys_comes_once_although_writes_fail()
    {
        var ann = await TestPlayer.Playing(game);
        var guild = await ann.Found();
        Assert.Equal(GameError.Ok, (await ann.Donate(1000)).Error);
        var before = Berries(await ann.Fetch());
        game.Faults.Arm($"write:player/{ann.Id}", Fault.After);
        var buy = ann.Next();
        var request = new BuyFromGuildRequest { Offer = "berries", Count = 3 };
        Assert.Equal(GameError.Ok, (await ann.Order(request, caller: buy)).Error);
        Assert.Equal(GameError.Ok, (await ann.Order(request, caller: buy)).Error);
        await Wait.Until(async () => Berries(await ann.Fetch()) == before + 15, "what was bought");
        await GameHost.Deactivate(game.Guild(guild));
        await ann.FetchGuild();
        await GameHost.Deactivate(game.Guild(guild));
        Assert.Equal(70, (await ann.FetchGuild()).Members.Single().Points);
        var shop = await ann.Read(new FetchGuildShopRequest(), GuildShop.Parser);
        Assert.Equal((70L, 3u), (shop.Points, shop.Offers.Single(offer => offer.Offer == "berries").BoughtToday));
        Assert.Single(await ann.Changes(), change => change.Cause == "guild.shop");
        Assert.Equal(before + 15, Berries(await ann.Fetch()));
    }

    [Fact]
    public async Task Guilds_are_listed_page_by_page_also_after_the_directory_has_lost_them()
    {
        // Once for the batch, and once for the end of the activation.
        for (var shard = 0; shard < IGuildIndexGrain.Shards; shard++)
        {
            game.Faults.Arm($"write:guild-index/{shard}", Fault.Before);
            game.Faults.Arm($"write:guild-index/{shard}", Fault.Before);
        }

        var players = await GuildPlay.Players(game, 3);
        var prefix = $"z{Random.Shared.Next(1_000_000)}";
        var ids = new List<ulong>();
        foreach (var (player, letter) in players.Zip("bac"))
        {
            var outcome = await player.Create($"{prefix} {letter}", GuildPlay.NewTag());
            ids.Add(CreateGuildReply.Parser.ParseFrom(outcome.Reply).GuildId);
        }

        await Wait.Until(async () => await Listed(players[0], prefix) == 3, "all listed");
        await Wait.Until(
            () => ids.All(id => game.Faults.Dealt($"write:guild-index/{id % IGuildIndexGrain.Shards}")), "the loss");
        await Wait.Until(async () => await Listed(players[0], prefix) == 3, "listed again");
        var query = new SearchGuildsRequest { Prefix = prefix.ToUpperInvariant(), Count = 2 };
        var first = await players[0].Search(query);
        Assert.Equal([ids[1], ids[0]], first.Guilds.Select(guild => guild.GuildId));
        query.Cursor = first.NextCursor;
        var second = await players[0].Search(query);
        Assert.Equal(ids[2], Assert.Single(second.Guilds).GuildId);
        Assert.Empty(second.NextCursor);

        Assert.Equal(GameError.Ok, (await players[0].Disband(ids[0])).Error);
        await Wait.Until(async () => await Listed(players[0], prefix) == 2, "the disbanded one is not listed");
    }

    [Fact]
    public async Task Members_see_who_is_there()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found();
        await bob.MustJoin(guild);
        await Wait.Until(async () => await Status(ann, bob) == GuildMemberStatus.Online, "bob is online");
        await bob.Session.Detach(bob.Epoch, 0);
        await Wait.Until(async () => await Status(ann, bob) == GuildMemberStatus.Away, "bob is away");
        await bob.Login();
        await bob.Session.Leave(bob.Epoch, 0);
        await Wait.Until(async () => await Status(ann, bob) == GuildMemberStatus.Offline, "bob is offline");
        await GameHost.Deactivate(game.Guild(guild));
        await Wait.Until(async () => await Status(ann, ann) == GuildMemberStatus.Online, "ann is online again");
        Assert.Equal(GuildMemberStatus.Offline, await Status(ann, bob));
    }

    [Fact]
    public async Task What_a_guild_is_called_and_says_is_filtered()
    {
        var ann = await TestPlayer.Playing(game);
        Assert.Equal(GameError.GuildNameInvalid, (await ann.Create("Shitty Guild", GuildPlay.NewTag())).Error);
        Assert.Equal(GameError.GuildTagInvalid, (await ann.Create(GuildPlay.NewName(), "SHIT")).Error);
        await ann.Found();
        var wish = new ConfigureGuildRequest { MessageOfTheDay = "holy shit", Notice = "be nice" };
        Assert.Equal(GameError.Ok, (await ann.Order(wish)).Error);
        var profile = (await ann.FetchGuild()).Profile;
        Assert.Equal(("holy ****", "be nice"), (profile.MessageOfTheDay, profile.Notice));
    }

    [Fact]
    public async Task A_change_that_was_saved_and_not_told_is_told_by_the_next_activation()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var guild = await ann.Found();
        await bob.MustJoin(guild);
        game.Faults.Arm($"write:guild/{guild}", Fault.After);
        var configure = new ConfigureGuildRequest { Notice = "told late" };
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => ann.Order(configure));
        await Wait.Until(async () => (await bob.Pushes<GuildChanged>()).Any(
            change => change.Profile?.Notice == "told late"), "the change");
        Assert.Equal("told late", (await bob.FetchGuild()).Profile.Notice);
    }

    [Fact]
    public async Task A_saved_guild_is_played_on()
    {
        var ann = await TestPlayer.Playing(game);
        var bytes = await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "Samples", "guild-record-1.bin"));
        // The first byte says that a protobuf message follows.
        var record = GuildRecord.Parser.ParseFrom(bytes.AsSpan(1));
        Assert.All(GuildRecord.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldNumber <= 4), field =>
            Assert.NotEqual(field.Accessor.GetValue(new GuildRecord()), field.Accessor.GetValue(record)));
        Assert.All(GuildState.Descriptor.Fields.InFieldNumberOrder().Where(
            field => field.FieldNumber is <= 21 and not 4), field =>
            Assert.NotEqual(field.Accessor.GetValue(new GuildState()), field.Accessor.GetValue(record.Guild)));
        Assert.Equal(("Wolves", "WLV"), (record.Guild.Profile.Name, record.Guild.Profile.Tag));
        Assert.Equal(record.Guild.Funds, record.Guild.Given - record.Guild.Spent);

        var id = Random.Shared.NextInt64(1, long.MaxValue);
        record.Guild.Members.Single(member => member.Rank == GuildRank.Leader).Player = ann.Id;
        (record.Guild.Id, record.Guild.DisbandedAtMs) = (id, 0);
        await game.Store("guild", game.Guild((ulong)id), record);
        await ann.Membership().Claim(MembershipKind.Guild, id);
        Assert.Equal(GameError.Ok, (await ann.Order(new ConfigureGuildRequest { Notice = "on" })).Error);
        Assert.Equal("on", (await ann.FetchGuild()).Profile.Notice);
    }

    private static async Task<GuildMemberStatus> Status(TestPlayer asker, TestPlayer player) =>
        (await asker.FetchGuild()).Members.Single(member => member.PlayerId == (ulong)player.Id).Status;

    private static async Task<int> Listed(TestPlayer player, string prefix)
    {
        try
        {
            return (await player.Search(new SearchGuildsRequest { Prefix = prefix })).Guilds.Count;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            return -1;
        }
    }

    private static async Task<IList<GuildInvitation>> Invitations(TestPlayer player) => GuildInvitations.Parser
        .ParseFrom((await player.Guilds().ListGuildInvitations(player.Next())).Reply).Invitations;

    private static long Berries(PlayerView view) =>
        view.Bag.Slots.Where(slot => slot.Item == "food.berry").Sum(slot => slot.Count);
}
