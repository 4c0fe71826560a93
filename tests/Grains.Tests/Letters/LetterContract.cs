using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Letters;

[Collection(nameof(RedisGame))]
public sealed class LettersOnRedisTests(RedisGame game) : LetterContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class LettersOnEmbeddedStoreTests(EmbeddedGame game) : LetterContract(game);

/// <summary>Letters: what is attached is somewhere, once, whatever is cut off.</summary>
public abstract class LetterContract(GameHost game)
{
    public static TheoryData<string, Fault> SendCuts => Cuts(
        "write:player/{from}", "append:mailbox/{from}", "write:letters/{to}", "append:mailbox/{to}");

    public static TheoryData<string, Fault> ClaimCuts => Cuts(
        "write:player/{to}", "append:mailbox/{to}", "write:letters/{to}");

    [Theory]
    [MemberData(nameof(SendCuts))]
    public async Task What_is_attached_leaves_the_sender_and_arrives_once(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var request = ann.Next();
        var armed = Arm(point, fault, ann, bob);
        try
        {
            await Send(ann, bob, request, Gold(40));
        }
        catch (Exception e) when (Wait.IsUnclear(e))
        {
        }

        Assert.Equal(GameError.Ok, (await Wait.UntilClear(() => Send(ann, bob, request, Gold(40)))).Error);
        Assert.True(game.Faults.Dealt(armed));
        Assert.Equal(9_960, await ann.Gold());
        Assert.Equal(40, Assert.Single(Assert.Single((await List(bob)).Letters).Value.Currencies).Amount);
        Assert.Equal(10_000, await bob.Gold());
    }

    [Fact]
    public async Task A_letter_that_nobody_sends_again_still_arrives()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        game.Faults.Arm($"write:letters/{bob.Id}", Fault.Before);
        await Assert.ThrowsAnyAsync<Exception>(() => Send(ann, bob, ann.Next(), Gold(40)));
        await Wait.Until(async () => (await List(bob)).Letters.Count == 1, "it arrives");
        await Wait.Until(async () => (await Holdings(ann)).Settled, "the sender has closed it");
    }

    [Theory]
    [MemberData(nameof(ClaimCuts))]
    public async Task What_is_attached_is_claimed_once(string point, Fault fault)
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Send(ann, bob, ann.Next(), Gold(40));
        var id = (await List(bob)).Letters[0].Id;
        var armed = Arm(point, fault, ann, bob);
        var request = bob.Next();
        try
        {
            await Letters(bob).ClaimLetter(request, id);
        }
        catch (Exception e) when (Wait.IsUnclear(e))
        {
        }

        Assert.Equal(GameError.Ok, (await Wait.UntilClear(() => Letters(bob).ClaimLetter(request, id))).Error);
        Assert.True(game.Faults.Dealt(armed));
        await BecomesSettled(bob);
        Assert.Equal(10_040, await bob.Gold());
        Assert.True((await List(bob)).Letters[0] is { Claimed: true, Claiming: false });
        Assert.Equal(GameError.LetterEmpty, (await Letters(bob).ClaimLetter(bob.Next(), id)).Error);
    }

    [Fact]
    public async Task A_claim_that_nobody_repeats_is_finished_by_the_letter_box()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Send(ann, bob, ann.Next(), Gold(40));
        var id = (await List(bob)).Letters[0].Id;
        game.Faults.Arm($"write:player/{bob.Id}", Fault.Before);
        await Assert.ThrowsAnyAsync<Exception>(() => Letters(bob).ClaimLetter(bob.Next(), id));
        await BecomesSettled(bob);
        Assert.Equal(10_040, await bob.Gold());
        Assert.Equal(GameError.LetterEmpty, (await Letters(bob).ClaimLetter(bob.Next(), id)).Error);
    }

    [Fact]
    public async Task A_letter_that_is_claimed_many_times_at_once_is_claimed_once()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        for (var i = 0; i < 3; i++)
            await Send(ann, bob, ann.Next(), Gold(10));
        var ids = (await List(bob)).Letters.Select(letter => letter.Id).ToArray();
        var claims = Enumerable.Range(0, 4).SelectMany(_ => ids.Select(id => Letters(bob).ClaimLetter(bob.Next(), id)))
            .Concat(Enumerable.Range(0, 4).Select(_ => Letters(bob).ClaimAllLetters(bob.Next())));
        await Task.WhenAll(claims);
        Assert.Equal(10_030, await bob.Gold());
        Assert.Equal(3, (await bob.Ledger()).Entries.Count(entry => entry.Reason == FlowRules.LetterClaimed));
        Assert.All((await bob.Ledger()).Entries.Where(e => e.Reason == FlowRules.LetterClaimed), entry =>
            Assert.Equal(LedgerFlow.Moved, entry.Flow));
    }

    [Fact]
    public async Task A_full_bag_refuses_and_the_letter_keeps_it_until_there_is_room()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        Assert.Equal(GameError.Ok, (await ann.Profile.Buy(ann.Next(), "ore.iron", 5)).Error);
        var ore = new Protocol.Value { Items = { new ItemStack { Item = "ore.iron", Count = 5 } } };
        Assert.Equal(GameError.Ok, (await Send(ann, bob, ann.Next(), ore)).Error);
        await FillBag(bob);
        var id = (await List(bob)).Letters[0].Id;
        Assert.Equal(GameError.BagFull, (await Letters(bob).ClaimLetter(bob.Next(), id)).Error);
        var all = ClaimAllLettersReply.Parser.ParseFrom((await Letters(bob).ClaimAllLetters(bob.Next())).Reply);
        Assert.Equal((0, id, GameError.BagFull), (all.Claimed.Count, all.Refused[0].Id, all.Refused[0].Error));
        var letter = (await List(bob)).Letters[0];
        Assert.True(letter is { Claimed: false, Claiming: false, Value.Items: [{ Count: 5 }] });
        Assert.Equal(GameError.LetterHasValue, (await Letters(bob).DeleteLetter(bob.Next(), id)).Error);

        var slot = (await bob.Fetch()).Bag.Slots.First(each => each.Item == "sword.wooden" && !each.Bound).Slot;
        Assert.Equal(GameError.Ok, (await bob.Bag.Sell(bob.Next(), slot, 1)).Error);
        Assert.Equal(GameError.Ok, (await Letters(bob).ClaimLetter(bob.Next(), id)).Error);
        Assert.Equal(GameError.Ok, (await Letters(bob).DeleteLetter(bob.Next(), id)).Error);
    }

    [Fact]
    public async Task What_fits_no_bag_comes_in_letters_that_do()
    {
        var bob = await TestPlayer.Playing(game);
        await FillBag(bob);
        var swords = new Protocol.Value { Items = { new ItemStack { Item = "sword.wooden", Count = 99 } } };
        var bought = new ValueTransfer(
            $"{Guid.NewGuid():N}", swords.ToByteArray(), "guild.shop", 1, [], MustTake: true);
        Assert.Equal(
            GameError.Ok,
            (await game.Client.GetValueReceiver(ValueReceivers.Player, bob.Id).Receive(bought)).Error);
        await Wait.Until(async () => (await List(bob)).Letters.Count == 10, "letters");
        Assert.Equal(10, (await bob.Pushed(LetterArrived.Parser)).Count(push => push.Letter.Value.Items.Count == 1));
        for (var tries = 0; tries < 5 && (await List(bob)).Unclaimed > 0; tries++)
        {
            foreach (var slot in (await bob.Fetch()).Bag.Slots.Where(slot => slot.Item == "sword.wooden"))
                await bob.Bag.Sell(bob.Next(), slot.Slot, 1);
            await Letters(bob).ClaimAllLetters(bob.Next());
        }

        Assert.Equal(0u, (await List(bob)).Unclaimed);
    }

    [Fact]
    public async Task A_full_letter_box_refuses_and_the_sender_has_it_back()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        for (var from = ann; (await List(bob)).Unread < LetterLimits.Cap; from = await TestPlayer.Playing(game))
        {
            for (var i = 0; i < LetterLimits.UnreadOfSender; i++)
                Assert.Equal(GameError.Ok, (await Send(from, bob, from.Next(), null)).Error);
            // Nobody fills a box alone.
            Assert.Equal(GameError.LetterBoxFull, (await Send(from, bob, from.Next(), Gold(40))).Error);
        }

        ann = await TestPlayer.Playing(game);
        Assert.Equal(GameError.LetterBoxFull, (await Send(ann, bob, ann.Next(), Gold(40))).Error);
        Assert.Equal(10_000, await ann.Gold());
        Assert.True((await Holdings(ann)).Settled);
        var oldest = (await List(bob, 2)).Letters.Single().Id;
        await Letters(bob).ReadLetter(bob.Next(), oldest);
        Assert.Equal(GameError.Ok, (await Send(ann, bob, ann.Next(), Gold(40))).Error);
        var gone = Assert.Single(await bob.Pushed(LettersGone.Parser));
        Assert.Equal((LetterEnd.Evicted, oldest), (gone.Reason, gone.Ids[0]));
    }

    [Fact]
    public async Task What_is_not_claimed_in_time_goes_back_to_the_sender()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await Send(ann, bob, ann.Next(), Gold(40));
        game.World.Clock.Advance(LetterLimits.PlayerLetters);
        foreach (var player in new[] { ann, bob })
        {
            // Tokens do not live that long.
            await Wait.UntilClear(player.OpenAccount);
            await Wait.UntilClear(() => player.Login());
        }

        await Wait.Until(async () =>
            (await List(bob)).Letters.Count == 0 && (await List(ann)).Letters.Count == 1, "back");
        var back = (await List(ann)).Letters[0];
        Assert.Equal((LetterKind.Returned, bob.Name, 0L), (back.Kind, back.FromName, back.ExpiresAtMs));
        Assert.Equal(GameError.Ok, (await Letters(ann).ClaimLetter(ann.Next(), back.Id)).Error);
        Assert.Equal(10_000, await ann.Gold());
        await BecomesSettled(bob);
    }

    [Fact]
    public async Task Who_is_blocked_neither_writes_nor_invites_to_trade()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var friends = game.Client.GetGrain<IPlayerFriends>(bob.Id);
        Assert.Equal(GameError.Ok, (await friends.BlockPlayer(bob.Next(), ann.Id, true)).Error);
        Assert.Equal(GameError.FriendBlocked, (await Send(ann, bob, ann.Next(), Gold(1))).Error);
        var trades = game.Client.GetGrain<IPlayerTrade>(ann.Id);
        Assert.Equal(GameError.FriendBlocked, (await trades.OpenTrade(ann.Next(), bob.Id)).Error);
        Assert.Equal(10_000, await ann.Gold());
    }

    [Fact]
    public async Task A_letter_needs_a_receiver_and_something_in_it_that_is_the_senders()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var sword = new Protocol.Value { Items = { new ItemStack { Item = "sword.wooden", Count = 1 } } };
        Assert.Equal(GameError.ItemBound, (await Send(ann, bob, ann.Next(), sword)).Error);
        Assert.Equal(GameError.InsufficientFunds, (await Send(ann, bob, ann.Next(), Gold(10_001))).Error);
        Assert.Equal(GameError.InvalidArgument, (await Send(ann, bob, ann.Next(), Gold(-1))).Error);
        Assert.Equal(GameError.InvalidArgument, (await Send(ann, ann, ann.Next(), Gold(1))).Error);
        Assert.Equal(
            GameError.InvalidArgument, (await Letters(ann).SendLetter(ann.Next(), bob.Id, "hi", "", [])).Error);
        Assert.Equal(GameError.PlayerNotFound, (await Letters(ann).SendLetter(ann.Next(), 5, "hi", "there", [])).Error);
        Assert.Equal(
            GameError.TextTooLong,
            (await Letters(ann).SendLetter(ann.Next(), bob.Id, "hi", new string('x', 1001), [])).Error);
        Assert.Empty((await List(bob)).Letters);
    }

    [Fact]
    public async Task A_letter_to_all_is_picked_up_once_by_who_was_there_before_and_its_gift_is_minted()
    {
        var ann = await TestPlayer.Playing(game);
        game.World.Clock.Advance(TimeSpan.FromSeconds(1));
        var broadcasts = game.Client.GetGrain<IBroadcastGrain>(0);
        var (key, subject) = ($"{Guid.NewGuid():N}", $"{Guid.NewGuid():N}");
        var expires = game.World.Clock.GetUtcNow().AddDays(1);
        for (var i = 0; i < 2; i++)
            Assert.Equal(GameError.Ok, await broadcasts.Send(key, subject, "for all", Gold(7).ToByteArray(), expires));
        game.World.Clock.Advance(TimeSpan.FromSeconds(1));
        var bob = await TestPlayer.Playing(game);

        await Wait.Until(
            async () =>
            {
                await ann.Session.Heartbeat(ann.Epoch, 0);
                return (await ann.Pushed(LetterArrived.Parser)).Any(arrived => arrived.Letter.Subject == subject);
            },
            "a heartbeat has brought it");
        var letter = Assert.Single((await List(ann)).Letters, letter => letter.Subject == subject);
        Assert.Equal(LetterKind.Operator, letter.Kind);
        Assert.Equal(GameError.Ok, (await Letters(ann).ClaimLetter(ann.Next(), letter.Id)).Error);
        Assert.Equal(LedgerFlow.Minted, (await ann.Ledger()).Entries[0].Flow);
        Assert.DoesNotContain((await List(bob)).Letters, each => each.Subject == subject);
    }

    private static TheoryData<string, Fault> Cuts(params string[] points)
    {
        var cuts = new TheoryData<string, Fault>();
        foreach (var point in points)
        {
            cuts.Add(point, Fault.Before);
            cuts.Add(point, Fault.After);
        }

        return cuts;
    }

    private string Arm(string point, Fault fault, TestPlayer from, TestPlayer to)
    {
        var armed = point.Replace("{from}", $"{from.Id}").Replace("{to}", $"{to.Id}");
        game.Faults.Arm(armed, fault);
        return armed;
    }

    // The clock stands still; what waits for a while is let wait.
    private async Task BecomesSettled(TestPlayer player)
    {
        game.World.Clock.Advance(TimeSpan.FromSeconds(5));
        await Wait.Until(async () => (await Holdings(player)).Settled, "nothing is under way");
    }

    private static async Task FillBag(TestPlayer player)
    {
        while ((await player.Profile.Buy(player.Next(), "sword.wooden", 1)).Error == GameError.Ok)
        {
        }
    }

    private static IPlayerLetters Letters(TestPlayer player) => player.Game.Client.GetGrain<IPlayerLetters>(player.Id);

    private static Task<Outcome> Send(TestPlayer from, TestPlayer to, Caller request, Protocol.Value? value) =>
        Letters(from).SendLetter(request, to.Id, "gift", "for you", value?.ToByteArray() ?? []);

    private static async Task<ListLettersReply> List(TestPlayer player, ulong before = 0) => ListLettersReply.Parser
        .ParseFrom((await Wait.UntilClear(() => Letters(player).ListLetters(player.Next(), before, 50))).Reply);

    private static async Task<ReadHoldingsReply> Holdings(TestPlayer player) => ReadHoldingsReply.Parser
        .ParseFrom((await Wait.UntilClear(() => player.Profile.ReadHoldings(player.Next()))).Reply);

    private static Protocol.Value Gold(long amount) =>
        new() { Currencies = { new Balance { Currency = "gold", Amount = amount } } };
}
