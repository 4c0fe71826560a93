using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace GameBackend.Grains.Tests.Battles;

/// <summary>Records of battles as they were stored once. The files are never written again.</summary>
public sealed class SavedBattleTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_saved_battle_loads_with_every_value_in_its_place()
    {
        var battle = Load<BattleRecord>("battle-record-1.bin");
        AssertWhole(battle, upTo: 12);
        AssertWhole(battle.Setup, upTo: 6);
        AssertWhole(battle.Setup.Seats[0], upTo: 5);
        AssertWhole(battle.Checkpoint, upTo: 5);
        AssertWhole(battle.Result, upTo: 7);
        Assert.Equal((77ul, 99ul, "1v1", 20u, 123ul), (
            battle.Setup.BattleId, battle.Setup.Seed, battle.Setup.Mode, battle.Setup.TicksPerSecond,
            battle.Setup.RulesHash));
        Assert.Equal((42ul, "ann", "ranger", 250), (
            battle.Setup.Seats[0].PlayerId, battle.Setup.Seats[0].Name, battle.Setup.Seats[0].Role,
            battle.Setup.Seats[0].Stats.Health));
        Assert.Equal(("eu-west", 1612.5, 180.25, 0.06), (
            battle.Region, battle.Ratings[0].Value, battle.Ratings[0].Deviation, battle.Ratings[0].Volatility));
        Assert.Equal((100u, 7ul, 300u), (battle.Checkpoint.Tick, battle.Checkpoint.Hash, battle.Checkpoint.LogBytes));
        Assert.Equal((3ul, 11ul, 902u, 91ul), (battle.Life, battle.CheckpointPart, battle.Ticks, battle.Parts));
        Assert.Equal((BattleEndReason.Surrender, 8ul), (battle.Result.Reason, battle.Result.StateHash));
        Assert.Equal([42ul, 43ul], battle.Unsettled);
    }

    [Fact]
    public void A_saved_player_has_its_ratings_and_battles()
    {
        var battles = Load<PlayerRecord>("player-record-battles-1.bin").Battles;
        AssertWhole(battles, upTo: 3);
        AssertWhole(battles.Modes[0], upTo: 12);
        AssertWhole(battles.History[0].Settlement, upTo: 11);
        Assert.Equal((9ul, "1v1", 1612.5, 5u), (
            battles.Settled, battles.Modes[0].Mode, battles.Modes[0].Rating, battles.Modes[0].Battles));
        var settlement = battles.History[0].Settlement;
        Assert.Equal((77ul, BattleOutcome.Win, 40ul, 60, "food.berry"), (
            settlement.BattleId, settlement.Outcome, settlement.Experience, settlement.Money[0].Amount,
            settlement.Items[0].Item));
    }

    private static void AssertWhole(IMessage message, int upTo) => Assert.All(
        message.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldNumber <= upTo),
        field => Assert.NotEqual(
            field.Accessor.GetValue(message.Descriptor.Parser.ParseFrom(ByteString.Empty)),
            field.Accessor.GetValue(message)));

    private T Load<T>(string sample) =>
        new ProtobufGrainStorageSerializer(_services.GetRequiredService<Serializer>()).Deserialize<T>(
            new BinaryData(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", sample))));
}
