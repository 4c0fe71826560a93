using System.Reflection;
using GameBackend.Game;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Player;

[Collection(nameof(RedisGame))]
public sealed class PlayerOnRedisTests(RedisGame game) : PlayerContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class PlayerOnEmbeddedStoreTests(EmbeddedGame game) : PlayerContract(game);

/// <summary>What a player's writes keep, whatever the storage.</summary>
public abstract class PlayerContract(GameHost game)
{
    private static readonly Type[] Features =
    [
        typeof(IPlayerSession), typeof(IPlayerProfile), typeof(IPlayerBag), typeof(IPlayerPets),
        typeof(IPlayerEquipment), typeof(IPlayerLetters), typeof(IPlayerTrade),
    ];

    /// <summary>Every request that a client can make of a player.</summary>
    public static IEnumerable<object[]> Requests =>
        from feature in Features
        from method in feature.GetMethods()
        where method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Caller)
        select new object[] { feature.Name, method.Name };

    [Fact]
    public async Task A_player_is_created_with_the_starter_kit_and_found_again()
    {
        var player = await TestPlayer.Playing(game);
        var view = await player.Fetch();
        Assert.Equal(player.Name, view.Profile.Name);
        Assert.Equal(1ul, view.Version);
        Assert.Equal(10_000, await player.Gold());
        await GameHost.Deactivate(player.Session);
        Assert.Equal(view, await player.Fetch());
    }

    [Fact]
    public async Task A_second_creation_is_refused()
    {
        var player = await TestPlayer.Playing(game);
        Assert.Equal(GameError.PlayerExists, (await player.Profile.Create(player.Next(), "another")).Error);
    }

    [Fact]
    public async Task The_same_request_sent_twice_at_once_and_later_takes_effect_once()
    {
        var player = await TestPlayer.Playing(game);
        var request = player.Next();
        var answers = await Task.WhenAll(
            player.Profile.Buy(request, "wood.oak", 2), player.Profile.Buy(request, "wood.oak", 2));
        await GameHost.Deactivate(player.Session);
        var later = await player.Profile.Buy(request, "wood.oak", 2);

        Assert.All([.. answers, later], answer => Assert.Equal(GameError.Ok, answer.Error));
        Assert.All([.. answers, later], answer => Assert.Equal(2ul, answer.AfterSeq));
        Assert.Equal(9_994, await player.Gold());
        Assert.Equal("shop.buy", Assert.Single(await player.Changes(), change => change.Version > 1).Cause);
        Assert.Single((await player.Ledger()).Entries, entry => entry is { Reason: "shop.buy", Item: "" });
    }

    [Fact]
    public async Task A_notification_takes_effect_each_time()
    {
        var player = await TestPlayer.Playing(game);
        Assert.Equal(GameError.Ok, (await player.Profile.Buy(player.Request(0), "wood.oak", 1)).Error);
        Assert.Equal(GameError.Ok, (await player.Profile.Buy(player.Request(0), "wood.oak", 1)).Error);
        Assert.Equal(9_994, await player.Gold());
    }

    [Fact]
    public async Task A_request_whose_answer_is_not_kept_any_more_is_refused()
    {
        var player = await TestPlayer.Playing(game);
        for (var i = 0; i < AnswerRules.Kept; i++)
            await player.Profile.SetProfile(player.Next(), "cat", $"motto {i}");
        var before = await player.Fetch();
        Assert.Equal(GameError.RequestTooOld, (await player.Profile.Create(player.Request(1), player.Name)).Error);
        Assert.Equal(GameError.Ok, (await player.Profile.SetProfile(player.Request(2), "dog", "")).Error);
        Assert.Equal(before, await player.Fetch());
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task An_answer_is_for_its_id_and_op_and_body(string feature, string method)
    {
        if (method is nameof(IPlayerSession.Echo) or nameof(IPlayerSession.EchoAll))
            return;
        var player = await TestPlayer.Playing(game);
        var bought = player.Next() with { Op = Opcodes.Of<BuyRequest>().Op, BodyHash = 1 };
        Assert.Equal(GameError.Ok, (await player.Profile.Buy(bought, "wood.oak", 1)).Error);
        await GameHost.Deactivate(player.Session);
        var before = await player.Fetch();
        var (otherOp, otherBody) = (bought with { Op = bought.Op + 1000 }, bought with { BodyHash = 2 });
        Assert.Equal(GameError.RequestIdReused, (await Invoke(player, feature, method, otherOp)).Error);
        Assert.Equal(GameError.RequestIdReused, (await Invoke(player, feature, method, otherBody)).Error);
        Assert.Equal(before, await player.Fetch());
        Assert.Equal(GameError.Ok, (await player.Profile.Buy(bought, "wood.oak", 1)).Error);
        Assert.Equal(before, await player.Fetch());
    }

    [Fact]
    public async Task A_refusal_after_an_unclear_try_is_settled_and_that_try_takes_no_effect_any_more()
    {
        var player = await TestPlayer.Playing(game);
        var buy = player.Next() with { Op = Opcodes.Of<BuyRequest>().Op, BodyHash = 1 };
        var first = await player.Profile.Buy(buy, "sword.iron", 1000);
        Assert.Equal((GameError.InsufficientFunds, false), (first.Error, first.Settled));
        var again = await player.Profile.Buy(buy with { Again = true }, "sword.iron", 1000);
        Assert.Equal((GameError.InsufficientFunds, true), (again.Error, again.Settled));
        // The first try comes late, when it would be done.
        var late = await player.Profile.Buy(buy, "wood.oak", 1);
        Assert.Equal((GameError.InsufficientFunds, true), (late.Error, late.Settled));
        await GameHost.Deactivate(player.Session);
        Assert.Equal(GameError.InsufficientFunds, (await player.Profile.Buy(buy, "wood.oak", 1)).Error);
        Assert.Equal(10_000, await player.Gold());
    }

    [Fact]
    public async Task An_unclear_purchase_that_was_done_is_answered_as_done_when_it_is_made_again()
    {
        var player = await TestPlayer.Playing(game);
        game.Faults.Arm($"write:player/{player.Id}", Fault.TimeoutAfter);
        // All the gold there is: made a second time it would be refused.
        var buy = player.Next() with { Op = Opcodes.Of<BuyRequest>().Op, BodyHash = 1 };
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => player.Profile.Buy(buy, "wood.oak", 3333));
        var again = await Wait.UntilClear(() => player.Profile.Buy(buy with { Again = true }, "wood.oak", 3333));
        Assert.Equal(GameError.Ok, again.Error);
        Assert.Equal(1, await player.Gold());
    }

    [Fact]
    public async Task An_attach_tells_the_last_request_that_was_answered()
    {
        var player = await TestPlayer.Playing(game);
        player.Next();
        Assert.Equal(GameError.Ok, (await player.Profile.SetProfile(player.Next(), "cat", "")).Error);
        Assert.Equal(3u, (await player.Resume()).LastRequestId);
        Assert.Equal(0u, (await player.Login()).LastRequestId);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Nothing_that_carries_an_old_epoch_takes_effect(string feature, string method)
    {
        var player = await TestPlayer.Playing(game);
        var old = player.Next();
        await player.Login();
        var before = await player.Fetch();
        Assert.Equal(GameError.SessionReplaced, (await Invoke(player, feature, method, old)).Error);
        Assert.Equal(before, await player.Fetch());
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_player_that_is_not_created_can_do_nothing_else(string feature, string method)
    {
        if (method is nameof(IPlayerProfile.Create) or nameof(IPlayerSession.Echo) or nameof(IPlayerSession.EchoAll))
            return;
        var player = await TestPlayer.Connected(game);
        Assert.Equal(GameError.PlayerMissing, (await Invoke(player, feature, method, player.Next())).Error);
    }

    [Fact]
    public async Task A_change_is_in_the_mailbox_before_its_outcome_returns()
    {
        var player = await TestPlayer.Playing(game);
        for (var version = 2ul; version < 6; version++)
        {
            var outcome = await player.Profile.SetProfile(player.Next(), "cat", $"motto {version}");
            var push = Assert.Single(outcome.Pushes!);
            var stored = (await player.Mail())[^1];
            Assert.Equal((stored.Seq, stored.Op), (push.Seq, push.Op));
            Assert.Equal(stored.Body, push.Body);
            Assert.Equal(push.Seq, outcome.AfterSeq);
            var change = PlayerChanged.Parser.ParseFrom(push.Body);
            Assert.Equal((version, $"motto {version}"), (change.Version, change.Profile.Motto));
        }
    }

    [Fact]
    public async Task A_refused_request_changes_nothing()
    {
        var player = await TestPlayer.Playing(game);
        var before = await player.Fetch();
        Assert.Equal(GameError.InsufficientFunds, (await player.Profile.Buy(player.Next(), "sword.iron", 1000)).Error);
        Assert.Equal(before, await player.Fetch());
        Assert.Single(await player.Changes());
    }

    [Fact]
    public async Task The_ledger_reads_whole_over_the_tail_and_archived_pages()
    {
        const int bought = 150;
        var player = await TestPlayer.Playing(game);
        for (var i = 0; i < bought; i++)
            Assert.Equal(GameError.Ok, (await player.Profile.Buy(player.Next(), "wood.oak", 1)).Error);
        Assert.True((await game.Logs.Open($"ledger/{player.Id}")).Head >= 2, "pages have been archived");
        await AssertLedger(player, bought);
        await GameHost.Deactivate(player.Session);
        await AssertLedger(player, bought);
        var tooMany = await player.Profile.ReadLedger(player.Next(), 0, 101);
        Assert.Equal(GameError.PageInvalid, tooMany.Error);
    }

    [Fact]
    public async Task A_public_profile_is_read_while_its_player_waits_for_something()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var held = game.Faults.Hold($"append:mailbox/{bob.Id}");
        var sending = ann.Profile.SendNote(ann.Next(), bob.Id, "hello");
        await held.Arrived;
        var profile = PublicProfile.Parser.ParseFrom(await ann.Profile.GetPublicProfile());
        Assert.Equal(ann.Name, profile.Profile.Name);
        Assert.True(profile.Online);
        held.Release();
        Assert.Equal(GameError.Ok, (await sending).Error);
    }

    [Fact]
    public async Task A_public_profile_never_shows_what_is_not_saved_yet()
    {
        var (player, other) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var point = $"write:player/{player.Id}";
        var held = game.Faults.Hold(point);
        game.Faults.Arm(point, Fault.Before);
        var changing = player.Profile.SetProfile(player.Next(), "cat", "unsaved");
        await held.Arrived;
        var reading = Wait.UntilClear(() => player.Profile.GetPublicProfile());
        // While the write is held, so is the reading. Calls to another player give it time to arrive.
        for (var i = 0; i < 20; i++)
            await other.Profile.GetPublicProfile();
        Assert.False(reading.IsCompleted);
        held.Release();
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => changing);
        Assert.Equal("", PublicProfile.Parser.ParseFrom(await reading).Profile.Motto);
        Assert.Equal("", PublicProfile.Parser.ParseFrom(await player.Profile.GetPublicProfile()).Profile.Motto);
    }

    [Fact]
    public async Task A_player_that_does_not_exist_has_no_profile_and_stays_out_of_memory()
    {
        var nobody = game.Client.GetGrain<IPlayerProfile>(Random.Shared.NextInt64(1, long.MaxValue));
        Assert.Null(await nobody.GetPublicProfile());
        await Wait.Until(async () => await game.IsAsleep(nobody), "it is forgotten");
    }

    private static async Task AssertLedger(TestPlayer player, int bought)
    {
        var entries = new List<LedgerEntry>();
        var before = 0ul;
        do
        {
            var page = await player.Ledger(before, 40);
            entries.AddRange(page.Entries);
            before = page.NextBeforeSeq;
        }
        while (before != 0);

        var total = entries.Count;
        var numbers = Enumerable.Range(1, total).Reverse().Select(seq => (ulong)seq);
        Assert.Equal(numbers, entries.Select(entry => entry.Seq));
        Assert.Equal(bought, entries.Count(entry => entry is { Reason: "shop.buy", Item: "" }));
        var gold = entries.Where(entry => entry.Currency == "gold").Reverse().ToArray();
        var balance = 0L;
        Assert.All(gold, entry => Assert.Equal(balance += entry.Amount, entry.BalanceAfter));
        Assert.Equal(await player.Gold(), balance);
        Assert.Equal(total, entries.Select(entry => entry.IdempotencyKey).Distinct().Count());
    }

    private static async Task<Outcome> Invoke(TestPlayer player, string feature, string method, Caller caller)
    {
        var contract = Features.Single(type => type.Name == feature);
        var call = contract.GetMethod(method)!;
        var grain = player.Game.Client.GetGrain(contract, player.Id);
        return call.Invoke(grain, [.. call.GetParameters().Select(each => Argument(each, caller))]) switch
        {
            Task<Outcome> outcome => await outcome,
            ValueTask<Outcome> outcome => await outcome,
            ValueTask<Outcome[]> outcomes => (await outcomes)[0],
            var other => throw new InvalidOperationException($"{method} returns {other}."),
        };
    }

    private static object Argument(ParameterInfo parameter, Caller caller) => parameter.ParameterType switch
    {
        var type when type == typeof(Caller) => caller,
        var type when type == typeof(string) => "valid",
        var type when type == typeof(byte[]) => Array.Empty<byte>(),
        var type when type == typeof(byte[][]) => new[] { Array.Empty<byte>() },
        var type when type.IsEnum => Enum.ToObject(type, 1),
        var type => Convert.ChangeType(1, type, null),
    };
}
