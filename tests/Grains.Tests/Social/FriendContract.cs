using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Social;

[Collection(nameof(RedisGame))]
public sealed class FriendsOnRedisTests(RedisGame game) : FriendContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class FriendsOnEmbeddedStoreTests(EmbeddedGame game) : FriendContract(game);

/// <summary>Friends, as the social sides of two players agree on it.</summary>
public abstract class FriendContract(GameHost game)
{
    [Fact]
    public async Task A_request_and_its_acceptance_reach_both()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var request = ann.Next();
        var asked = await Of(ann).RequestFriend(request, bob.Id);
        Assert.Equal(FriendRelation.Asked, RequestFriendReply.Parser.ParseFrom(asked.Reply).Relation);
        Assert.Single(asked.Pushes!);
        Assert.Equal(GameError.Ok, (await Of(ann).RequestFriend(request, bob.Id)).Error);
        await Until(bob, ann, FriendRelation.Asks);
        Assert.Equal(GameError.Ok, (await Of(bob).AnswerFriend(bob.Next(), ann.Id, true)).Error);
        await Until(ann, bob, FriendRelation.Friend);
        Assert.Equal(
            [FriendRelation.Asks, FriendRelation.Friend],
            (await bob.Pushes<FriendChanged>()).Select(push => push.Entry.Relation));
        var entry = Assert.Single((await List(ann, FriendList.Friends)).Entries);
        Assert.Equal((bob.Name, PlayerStatus.Online), (entry.Name, entry.Presence.Status));
    }

    [Fact]
    public async Task Two_who_ask_each_other_at_once_are_friends_and_none_waits_for_the_other()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(
                Of(ann).RequestFriend(ann.Next(), bob.Id), Of(bob).RequestFriend(bob.Next(), ann.Id));
            await Until(ann, bob, FriendRelation.Friend);
            await Until(bob, ann, FriendRelation.Friend);
            await Task.WhenAll(Of(ann).RemoveFriend(ann.Next(), bob.Id), Of(bob).RemoveFriend(bob.Next(), ann.Id));
            await Until(ann, bob, FriendRelation.None);
            await Until(bob, ann, FriendRelation.None);
        }
    }

    [Theory]
    [InlineData("write:social/{ann}", Fault.Before)]
    [InlineData("write:social/{ann}", Fault.After)]
    [InlineData("write:social/{bob}", Fault.Before)]
    [InlineData("write:social/{bob}", Fault.After)]
    public async Task Both_sides_agree_whatever_breaks(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        game.Faults.Arm(point.Replace("{ann}", $"{ann.Id}").Replace("{bob}", $"{bob.Id}"), fault);
        var request = ann.Next();
        var outcome = await Wait.UntilClear(() => Of(ann).RequestFriend(request, bob.Id));
        Assert.Equal(GameError.Ok, outcome.Error);
        await Until(bob, ann, FriendRelation.Asks);
        Assert.Equal(
            GameError.Ok, (await Wait.UntilClear(() => Of(bob).AnswerFriend(bob.Next(), ann.Id, true))).Error);
        await Until(ann, bob, FriendRelation.Friend);
        await Until(bob, ann, FriendRelation.Friend);
    }

    [Fact]
    public async Task A_word_that_was_saved_and_not_told_before_a_crash_is_told_after_it()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        // As a silo leaves it behind that has died right after the write.
        var record = new SocialRecord();
        FriendRules.Request(record, ann.Id, bob.Id, bob.Name, 1000);
        var social = game.Client.GetGrain<ISocialGrain>(ann.Id);
        await Wait.Until(() => game.IsAsleep(social), "the social side is asleep");
        await game.Store("social", social, record);
        Assert.Single((await List(ann, FriendList.Asked)).Entries);
        await Until(bob, ann, FriendRelation.Asks);
        Assert.Equal(FriendRelation.Asked, Assert.Single(await ann.Pushes<FriendChanged>()).Entry.Relation);
    }

    [Fact]
    public async Task Friends_see_how_one_is()
    {
        await using var ear = await LaneEar.Listen(game);
        var ann = await TestPlayer.Playing(game, ear.Name);
        var bob = await TestPlayer.Playing(game);
        await Task.WhenAll(Of(ann).RequestFriend(ann.Next(), bob.Id), Of(bob).RequestFriend(bob.Next(), ann.Id));
        await Until(ann, bob, FriendRelation.Friend);
        Assert.Equal(GameError.Ok, (await Of(bob).SetStatus(bob.Next(), "cooking")).Error);
        await Told(presence => presence.StatusText == "cooking");
        await bob.Session.Detach(bob.Epoch, 0);
        await Told(presence => presence.Status == PlayerStatus.Away);
        await bob.Session.Leave(bob.Epoch, 0);
        await Told(presence => presence is { Status: PlayerStatus.Offline, SinceMs: > 0 });
        Assert.Equal(
            PlayerStatus.Offline, Assert.Single((await List(ann, FriendList.Friends)).Entries).Presence.Status);
        await bob.Login();
        var team = game.Client.GetGrain<IPlayerTeam>(bob.Id);
        Assert.Equal(GameError.Ok, (await team.CreateTeam(bob.Next(), new TeamWishes("", true, "", ""))).Error);
        await Told(presence => presence.Status == PlayerStatus.InTeam);
        await game.Client.GetGrain<IPlayerPresence>(bob.Id).InBattle(true);
        await Told(presence => presence.Status == PlayerStatus.InBattle);

        Task Told(Func<PlayerPresence, bool> which) => ear.Next(item =>
            item.PlayerId == ann.Id && item.Op == Opcodes.OfPush<PresenceChanged>().Op
            && PresenceChanged.Parser.ParseFrom(item.Body).Players.Any(
                player => player.PlayerId == (ulong)bob.Id && which(player)));
    }

    [Fact]
    public async Task A_new_name_is_in_every_list_and_told_to_friends_who_are_there()
    {
        await using var ear = await LaneEar.Listen(game);
        var ann = await TestPlayer.Playing(game, ear.Name);
        var (bob, cid) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Task.WhenAll(Of(ann).RequestFriend(ann.Next(), bob.Id), Of(bob).RequestFriend(bob.Next(), ann.Id));
        await Until(ann, bob, FriendRelation.Friend);
        Assert.Equal(GameError.Ok, (await Of(cid).BlockPlayer(cid.Next(), bob.Id, true)).Error);
        await game.Client.GetGrain<ISocialGrain>(ann.Id).Meet([new SocialPeer(bob.Id, bob.Name)]);
        var (first, second) = ($"q_{bob.Id}", $"z_{bob.Id}");

        Assert.Equal(GameError.Ok, (await bob.Profile.Rename(bob.Next(), first)).Error);
        await ear.Next(item => item.PlayerId == ann.Id && item.Op == Opcodes.OfPush<PresenceChanged>().Op
            && PresenceChanged.Parser.ParseFrom(item.Body).Players.Any(player => player.Name == first));
        await AreListed(first);
        await Saved(first);
        Assert.Equal(GameError.Ok, (await bob.Profile.Rename(bob.Next(), second)).Error);
        await bob.Session.Leave(bob.Epoch, 0);
        await Wait.Until(async () => await Listed(ann, FriendList.Friends) == second, "the second name is listed");
        // A board that was lost knows nobody, and who is offline does not say again what its name is.
        await GameHost.Deactivate(game.Client.PresenceBoardOf(bob.Id));
        await AreListed(second);

        async Task AreListed(string name) => Assert.Equal((name, name, name), (
            await Listed(ann, FriendList.Friends), await Listed(ann, FriendList.Met),
            await Listed(cid, FriendList.Blocked)));

        async Task<string> Listed(TestPlayer player, FriendList list) =>
            Assert.Single((await List(player, list)).Entries).Name;

        Task Saved(string name) => Wait.Until(async () => (await game.Stored<SocialRecord>(
            "social", game.Client.GetGrain<ISocialGrain>(ann.Id))).Edges[0].Name == name, "the new name is saved");
    }

    [Fact]
    public async Task Who_has_been_in_one_team_has_met()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var team = game.Client.GetGrain<IPlayerTeam>(ann.Id);
        Assert.Equal(GameError.Ok, (await team.CreateTeam(ann.Next(), new TeamWishes("", true, "", ""))).Error);
        Assert.Equal(
            GameError.Ok, (await game.Client.GetGrain<IPlayerTeam>(bob.Id).AskForTeam(bob.Next(), 0, ann.Id)).Error);
        await Wait.Until(async () => (await List(ann, FriendList.Met)).Entries.Count == 1, "the one has met the other");
        await Wait.Until(async () => (await List(bob, FriendList.Met)).Entries.Count == 1, "the other the one");
    }

    [Fact]
    public async Task What_stands_beside_a_name_is_filtered()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Task.WhenAll(Of(ann).RequestFriend(ann.Next(), bob.Id), Of(bob).RequestFriend(bob.Next(), ann.Id));
        await Until(ann, bob, FriendRelation.Friend);
        Assert.Equal(GameError.Ok, (await Of(bob).SetStatus(bob.Next(), "full of shit")).Error);
        await Wait.Until(
            async () => (await List(ann, FriendList.Friends)).Entries[0].Presence.StatusText == "full of ****",
            "the status");
        Assert.Equal(GameError.Ok, (await bob.Profile.SetProfile(bob.Next(), "cat", "oh shit")).Error);
        Assert.Equal("oh ****", (await bob.Fetch()).Profile.Motto);
        Assert.Equal(GameError.NameInvalid, (await bob.Profile.Rename(bob.Next(), "Shitty")).Error);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.InvalidArgument, (await Of(ann).RequestFriend(ann.Next(), ann.Id)).Error);
        Assert.Equal(GameError.PlayerNotFound, (await Of(ann).RequestFriend(ann.Next(), long.MaxValue)).Error);
        Assert.Equal(GameError.FriendNoRequest, (await Of(ann).AnswerFriend(ann.Next(), bob.Id, true)).Error);
        Assert.Equal(GameError.FriendMissing, (await Of(ann).RemoveFriend(ann.Next(), bob.Id)).Error);
        Assert.Equal(GameError.Ok, (await Of(bob).BlockPlayer(bob.Next(), ann.Id, true)).Error);
        Assert.Equal(GameError.FriendBlocked, (await Of(ann).RequestFriend(ann.Next(), bob.Id)).Error);
        Assert.Equal((ulong)ann.Id, Assert.Single((await List(bob, FriendList.Blocked)).Entries).PlayerId);
    }

    private IPlayerFriends Of(TestPlayer player) => game.Client.GetGrain<IPlayerFriends>(player.Id);

    private async Task<ListFriendsReply> List(TestPlayer player, FriendList list)
    {
        var outcome = await Wait.UntilClear(() => Of(player).ListFriends(player.Next(), list, 0, 0));
        Assert.Equal(GameError.Ok, outcome.Error);
        return ListFriendsReply.Parser.ParseFrom(outcome.Reply);
    }

    private Task Until(TestPlayer player, TestPlayer other, FriendRelation relation) => Wait.Until(async () =>
    {
        var found = FriendRelation.None;
        foreach (var list in (FriendList[])[FriendList.Friends, FriendList.Asked, FriendList.Asks])
        {
            foreach (var entry in (await List(player, list)).Entries.Where(each => each.PlayerId == (ulong)other.Id))
                found = entry.Relation;
        }

        return found == relation;
    }, $"{player.Name} sees {relation}");
}
