using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Player;

[Collection(nameof(RedisGame))]
public sealed class StorageFaultsOnRedisTests(RedisGame game) : StorageFaultContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class StorageFaultsOnEmbeddedStoreTests(EmbeddedGame game) : StorageFaultContract(game);

/// <summary>
/// Storage that fails or gives no answer: nothing is lost, nothing happens twice, memory never runs ahead.
/// </summary>
public abstract class StorageFaultContract(GameHost game)
{
    [Theory]
    [InlineData("write:player/", Fault.Before)]
    [InlineData("write:player/", Fault.After)]
    [InlineData("write:player/", Fault.TimeoutAfter)]
    [InlineData("append:mailbox/", Fault.Before)]
    [InlineData("append:mailbox/", Fault.After)]
    [InlineData("append:mailbox/", Fault.TimeoutAfter)]
    public async Task A_purchase_that_was_cut_off_takes_effect_once_when_it_is_sent_again(string point, Fault fault)
    {
        var player = await TestPlayer.Playing(game);
        var armed = point + player.Id;
        game.Faults.Arm(armed, fault);
        var request = player.Next();
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => player.Profile.Buy(request, "wood.oak", 1));
        Assert.True(game.Faults.Dealt(armed));
        var outcome = await Wait.UntilClear(() => player.Profile.Buy(request, "wood.oak", 1));

        Assert.Equal((GameError.Ok, 2ul), (outcome.Error, outcome.AfterSeq));
        Assert.Equal(9_997, await player.Gold());
        Assert.Single((await player.Ledger()).Entries, entry => entry is { Reason: "shop.buy", Item: "" });
        Assert.Equal([1ul, 2ul], (await player.Changes()).Select(change => change.Version));
        Assert.Equal([1ul, 2ul], (await player.Mail()).Select(item => item.Seq));
    }

    [Theory]
    [InlineData(Fault.Before, "")]
    [InlineData(Fault.After, "saved")]
    public async Task After_an_unclear_write_the_player_is_what_storage_says(Fault fault, string motto)
    {
        var player = await TestPlayer.Playing(game);
        var point = $"write:player/{player.Id}";
        var held = game.Faults.Hold(point);
        game.Faults.Arm(point, fault);
        var writing = player.Profile.SetProfile(player.Next(), "cat", "saved");
        await held.Arrived;
        // This one waits behind the write and must not see what the write left in memory.
        var reading = player.Profile.Fetch(player.Next());
        held.Release();
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => writing);
        Assert.Equal(motto, PlayerView.Parser.ParseFrom((await reading).Reply).Profile.Motto);
        Assert.Equal(motto, (await player.Fetch()).Profile.Motto);
    }

    [Fact]
    public async Task The_push_of_a_change_is_not_lost_with_the_activation_that_made_it()
    {
        var player = await TestPlayer.Playing(game);
        game.Faults.Arm($"append:mailbox/{player.Id}", Fault.Before);
        var change = player.Profile.SetProfile(player.Next(), "cat", "told");
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => change);
        // Nobody sends the request again. Whoever comes first wakes the player, and the push goes out.
        await Wait.UntilClear(() => player.Session.GetPresence());
        var told = (await player.Changes())[^1];
        Assert.Equal((2ul, "told"), (told.Version, told.Profile.Motto));
        await GameHost.Deactivate(player.Session);
        await player.Fetch();
        Assert.Equal(2, (await player.Changes()).Length);
    }

    [Fact]
    public async Task A_push_is_not_doubled_by_mail_that_made_the_mailbox_forget_its_id()
    {
        var player = await TestPlayer.Playing(game);
        for (var i = 0; i < 300; i++)
        {
            await player.Mailbox.Post($"mail/{i}", 1, [], PostKind.Message);
            if (i % 50 == 0)
                await player.Session.Heartbeat(player.Epoch, 0);
        }

        await GameHost.Deactivate(player.Session);
        await player.Fetch();
        Assert.Single(await player.Changes());
    }

    [Theory]
    [InlineData("read:player/")]
    [InlineData("read:mailbox/")]
    [InlineData("open:mailbox/")]
    public async Task A_fault_at_load_refuses_the_login_and_never_yields_a_blank_player(string point)
    {
        var player = await TestPlayer.Playing(game);
        var before = await player.Fetch();
        await player.Session.Leave(player.Epoch, 1);
        await GameHost.Deactivate(player.Session);
        await GameHost.Deactivate(player.Mailbox);
        game.Faults.Arm(point + player.Id, Fault.Before);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => player.Login());
        Assert.True(Wait.IsUnclear(failure), $"{failure}");

        var attached = await Wait.UntilClear(() => player.Login());
        Assert.True(attached.PlayerExists);
        Assert.Equal(before, await player.Fetch());
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task A_ledger_page_that_was_not_archived_is_archived_later(Fault fault)
    {
        var player = await TestPlayer.Playing(game);
        game.Faults.Arm($"append:ledger/{player.Id}", fault);
        for (var i = 0; i < 100; i++)
            Assert.Equal(GameError.Ok, (await player.Profile.Buy(player.Next(), "wood.oak", 1)).Error);
        Assert.True(game.Faults.Dealt($"append:ledger/{player.Id}"));
        var entries = (await player.Ledger(0, 100)).Entries;
        Assert.True((await game.Logs.Open($"ledger/{player.Id}")).Head >= 1);
        Assert.Equal(100, entries.Select(entry => entry.Seq).Distinct().Count());
    }

    [Fact]
    public async Task A_player_archives_a_page_again_that_an_earlier_activation_has_archived_and_not_saved()
    {
        var player = await TestPlayer.Playing(game);
        var (log, point) = ($"ledger/{player.Id}", $"write:player/{player.Id}");
        var bought = 0;
        while ((await game.Logs.Open(log)).Head == 0)
        {
            await player.Profile.Buy(player.Next(), "wood.oak", 1);
            bought++;
        }

        // The page is in the archive, and that it is has not been saved.
        await GameHost.Deactivate(player.Session);
        await player.Profile.Buy(player.Next(), "wood.oak", 1);
        Assert.Equal(1ul, (await game.Logs.Open(log)).Head);
        Assert.Equal(bought + 1,
            (await player.Ledger(0, 100)).Entries.Count(entry => entry is { Reason: "shop.buy", Item: "" }));
        Assert.True(game.Faults.Dealt(point));
    }
}
