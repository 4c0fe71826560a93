using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Social;

[Collection(nameof(RedisGame))]
public sealed class FriendRacesOnRedisTests(RedisGame game) : FriendRaceContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class FriendRacesOnEmbeddedStoreTests(EmbeddedGame game) : FriendRaceContract(game);

/// <summary>What two players do about each other at the same moment: their answers fit together.</summary>
public abstract class FriendRaceContract(GameHost game)
{
    [Fact]
    public async Task A_request_that_is_taken_back_and_accepted_at_once_is_one_of_both()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        for (var round = 0; round < 20; round++)
        {
            await Requested(ann, bob);
            var back = Of(ann).RemoveFriend(ann.Next(), bob.Id);
            var accept = round % 2 == 0
                ? Of(bob).AnswerFriend(bob.Next(), ann.Id, true)
                : Task.Delay(round / 2).ContinueWith(
                    _ => Of(bob).AnswerFriend(bob.Next(), ann.Id, true), TaskScheduler.Default).Unwrap();
            await Task.WhenAll(back, accept);
            // Accepted first, the removal has parted friends.
            Assert.Equal(GameError.Ok, (await back).Error);
            Assert.True((await accept).Error is GameError.FriendNoRequest or GameError.Ok);
            await Agree(ann, bob, FriendRelation.None);
        }
    }

    [Fact]
    public async Task An_acceptance_that_is_on_its_way_when_the_request_is_taken_back_is_refused()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Requested(ann, bob);
        var held = game.Faults.Hold($"write:social/{bob.Id}");
        var accept = Of(bob).AnswerFriend(bob.Next(), ann.Id, true);
        await held.Arrived;
        Assert.Equal(GameError.Ok, (await Of(ann).RemoveFriend(ann.Next(), bob.Id)).Error);
        held.Release();
        Assert.Equal(GameError.FriendNoRequest, (await accept).Error);
        await Agree(ann, bob, FriendRelation.None);
        await Wait.Until(
            async () => (await Told(bob)).SequenceEqual([FriendRelation.Asks, FriendRelation.None]), "he is told");
    }

    [Fact]
    public async Task A_request_that_meets_one_that_is_taken_back_stands_by_itself()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Requested(ann, bob);
        var held = game.Faults.Hold($"write:social/{bob.Id}");
        var request = Of(bob).RequestFriend(bob.Next(), ann.Id);
        await held.Arrived;
        Assert.Equal(GameError.Ok, (await Of(ann).RemoveFriend(ann.Next(), bob.Id)).Error);
        held.Release();
        Assert.Equal(FriendRelation.Asked, RequestFriendReply.Parser.ParseFrom((await request).Reply).Relation);
        await Agree(bob, ann, FriendRelation.Asked);
    }

    [Theory]
    [InlineData("write:social/{ann}", Fault.Before)]
    [InlineData("write:social/{ann}", Fault.After)]
    [InlineData("write:social/{ann}", Fault.TimeoutAfter)]
    [InlineData("write:social/{bob}", Fault.Before)]
    [InlineData("write:social/{bob}", Fault.After)]
    [InlineData("write:social/{bob}", Fault.TimeoutAfter)]
    public async Task An_acceptance_that_is_cut_off_is_done_once_when_it_is_sent_again(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Requested(ann, bob);
        game.Faults.Arm(point.Replace("{ann}", $"{ann.Id}").Replace("{bob}", $"{bob.Id}"), fault);
        var request = bob.Next();
        var outcome = await Wait.UntilClear(() => Of(bob).AnswerFriend(request, ann.Id, true));
        Assert.Equal(GameError.Ok, outcome.Error);
        await Agree(ann, bob, FriendRelation.Friend);
        Assert.Equal(GameError.Ok, (await Of(bob).AnswerFriend(request, ann.Id, true)).Error);
        Assert.Equal([FriendRelation.Asks, FriendRelation.Friend], await Told(bob));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_both_do_at_once_and_whatever_breaks_they_agree_in_the_end(int seed)
    {
        var random = new Random(seed);
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        for (var round = 0; round < 12; round++)
        {
            if (random.Next(3) == 0)
                game.Faults.Arm($"write:social/{(random.Next(2) == 0 ? ann : bob).Id}", (Fault)random.Next(2));
            await Task.WhenAll(Act(ann, bob, random.Next(6)), Act(bob, ann, random.Next(6)));
        }

        await Wait.Until(async () => await Relation(ann, bob) == Mirrored(await Relation(bob, ann)), "both agree");
    }

    private async Task Act(TestPlayer player, TestPlayer other, int what)
    {
        var request = player.Next();
        await Wait.UntilClear(() => what switch
        {
            0 or 1 => Of(player).RequestFriend(request, other.Id),
            2 => Of(player).AnswerFriend(request, other.Id, true),
            3 => Of(player).RemoveFriend(request, other.Id),
            4 => Of(player).BlockPlayer(request, other.Id, true),
            _ => Of(player).BlockPlayer(request, other.Id, false),
        });
    }

    private async Task Requested(TestPlayer from, TestPlayer to)
    {
        Assert.Equal(GameError.Ok, (await Of(from).RequestFriend(from.Next(), to.Id)).Error);
        await Wait.Until(async () => await Relation(to, from) == FriendRelation.Asks, "the request is there");
    }

    private Task Agree(TestPlayer one, TestPlayer other, FriendRelation relation) => Wait.Until(
        async () => (await Relation(one, other), await Relation(other, one)) == (relation, Mirrored(relation)),
        $"both see {relation}");

    private static FriendRelation Mirrored(FriendRelation relation) => relation switch
    {
        FriendRelation.Asked => FriendRelation.Asks,
        FriendRelation.Asks => FriendRelation.Asked,
        _ => relation,
    };

    private static async Task<FriendRelation[]> Told(TestPlayer player) =>
        [.. (await player.Pushes<FriendChanged>()).Select(push => push.Entry.Relation)];

    private IPlayerFriends Of(TestPlayer player) => game.Client.GetGrain<IPlayerFriends>(player.Id);

    private async Task<FriendRelation> Relation(TestPlayer player, TestPlayer other)
    {
        foreach (var list in (FriendList[])[FriendList.Friends, FriendList.Asked, FriendList.Asks])
        {
            var outcome = await Wait.UntilClear(() => Of(player).ListFriends(player.Next(), list, 0, 0));
            if (ListFriendsReply.Parser.ParseFrom(outcome.Reply).Entries
                .FirstOrDefault(entry => entry.PlayerId == (ulong)other.Id) is { } found)
                return found.Relation;
        }

        return FriendRelation.None;
    }
}
