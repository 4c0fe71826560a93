using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Values;

[Collection(nameof(RedisGame))]
public sealed class ValueOnRedisTests(RedisGame game) : ValueContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class ValueOnEmbeddedStoreTests(EmbeddedGame game) : ValueContract(game);

/// <summary>Value that comes to a player from other grains, and that they take away.</summary>
public abstract class ValueContract(GameHost game)
{
    public static TheoryData<string, Fault> Cuts => new()
    {
        { "write:player/", Fault.Before },
        { "write:player/", Fault.After },
        { "write:player/", Fault.TimeoutAfter },
        { "append:mailbox/", Fault.Before },
        { "append:mailbox/", Fault.After },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task What_a_transfer_brings_is_credited_once_however_often_it_comes(string point, Fault fault)
    {
        var player = await TestPlayer.Playing(game);
        var before = await player.Gold();
        var transfer = Gold("a", 25);
        game.Faults.Arm(point + player.Id, fault);
        await Assert.ThrowsAnyAsync<Exception>(() => Receiver(player).Receive(transfer));
        Assert.Equal(GameError.Ok, (await Wait.UntilClear(() => Receiver(player).Receive(transfer))).Error);
        Assert.Equal(GameError.Ok, (await Receiver(player).Receive(transfer)).Error);
        Assert.Equal(before + 25, await player.Gold());
        Assert.Single(await player.Changes(), change => change.Cause == "test");
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task What_is_taken_away_is_taken_once_however_often_it_is_asked(string point, Fault fault)
    {
        var player = await TestPlayer.Playing(game);
        var before = await player.Gold();
        var transfer = Gold("b", 25);
        game.Faults.Arm(point + player.Id, fault);
        await Assert.ThrowsAnyAsync<Exception>(() => Holder(player).Take(transfer));
        var answer = await Wait.UntilClear(() => Holder(player).Take(transfer));
        Assert.Equal(25, Assert.Single(Protocol.Value.Parser.ParseFrom(answer.Reply).Currencies).Amount);
        Assert.Equal(answer.Reply, (await Holder(player).Take(transfer)).Reply);
        Assert.Equal(before - 25, await player.Gold());
    }

    [Fact]
    public async Task A_repetition_that_comes_after_the_sender_has_closed_brings_nothing()
    {
        var player = await TestPlayer.Playing(game);
        var before = await player.Gold();
        Assert.Equal(GameError.Ok, (await Receiver(player).Receive(Gold("late", 25))).Error);
        await Receiver(player).Forget(["late"]);
        Assert.Equal(GameError.Ok, (await Receiver(player).Receive(Gold("late", 25))).Error);
        Assert.Equal(before + 25, await player.Gold());
    }

    [Fact]
    public async Task A_refusal_stays_one_even_if_there_is_enough_later()
    {
        var player = await TestPlayer.Playing(game);
        var wanted = await player.Gold() + 5;
        Assert.Equal(GameError.InsufficientFunds, (await Holder(player).Take(Gold("c", wanted))).Error);
        Assert.Equal(GameError.Ok, (await Receiver(player).Receive(Gold("d", 5))).Error);
        Assert.Equal(GameError.InsufficientFunds, (await Holder(player).Take(Gold("c", wanted))).Error);
        Assert.Equal(GameError.Ok, (await Holder(player).Take(Gold("e", wanted))).Error);
        Assert.Equal(0, await player.Gold());
    }

    [Fact]
    public async Task A_full_bag_refuses_what_a_transfer_brings_and_nothing_of_it_stays()
    {
        var player = await TestPlayer.Playing(game);
        var before = await player.Gold();
        var value = new Protocol.Value
        {
            Currencies = { new Balance { Currency = "gold", Amount = 1 } },
            Items = { new ItemStack { Item = "wood.oak", Count = 1_000_000 } },
        };
        var transfer = Gold("f", 1) with { Value = value.ToByteArray() };
        Assert.Equal(GameError.BagFull, (await Receiver(player).Receive(transfer)).Error);
        Assert.Equal(before, await player.Gold());
    }

    private IValueReceiver Receiver(TestPlayer player) =>
        game.Client.GetValueReceiver(ValueReceivers.Player, player.Id);

    private IValueHolder Holder(TestPlayer player) => game.Client.GetGrain<IValueHolder>(player.Id);

    private static ValueTransfer Gold(string id, long amount) => new(
        id,
        new Protocol.Value { Currencies = { new Balance { Currency = "gold", Amount = amount } } }.ToByteArray(),
        "test",
        0,
        []);
}
