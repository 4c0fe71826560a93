using System.Collections;
using GameBackend.Game;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace GameBackend.Grains.Tests.Letters;

/// <summary>Letter boxes, letters to all and trades as they were stored once, in Samples.</summary>
public sealed class SavedLettersTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_saved_letter_box_loads_with_every_value_in_its_place()
    {
        var box = Load<LetterBoxRecord>("letter-box-1.bin");
        AllSet(box, 7);
        Assert.Equal((3UL, "Ann", 7U, true), (
            box.Letters[0].Letter.Id, box.Letters[0].Letter.FromName, box.Letters[0].Letter.Value.Items[0].Count,
            box.Letters[0].Letter.Claiming));
        LetterRules.Settle(box, "letter/7/3/2", GameError.Ok, 0);
        Assert.Equal(
            (true, false, 0), (box.Letters[0].Letter.Claimed, box.Letters[0].Letter.Claiming, box.Outgoing.Count));
    }

    [Fact]
    public void Saved_letters_to_all_load()
    {
        var all = Load<BroadcastRecord>("broadcasts-1.bin");
        AllSet(all.Broadcasts[0], 7);
        Assert.Equal((2UL, "spring"), (all.Last, all.Broadcasts[0].Key));
    }

    [Fact]
    public void A_saved_trade_loads_and_goes_on_where_it_was()
    {
        var trade = Load<TradeRecord>("trade-1.bin");
        AllSet(trade, 5);
        var step = Assert.Single(TradeRules.Steps(trade));
        Assert.Equal(("trade/4d/back/0", 11L, 80L), (step.Id, step.Player, step.Value.Currencies[0].Amount));
    }

    private T Load<T>(string sample) =>
        new ProtobufGrainStorageSerializer(_services.GetRequiredService<Serializer>())
            .Deserialize<T>(
                new BinaryData(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", sample))));

    private static void AllSet(IMessage message, int fields)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(each => each.FieldNumber <= fields))
            Assert.True(IsSet(field, message), field.Name);
    }

    private static bool IsSet(FieldDescriptor field, IMessage message) => field.Accessor.GetValue(message) switch
    {
        null or "" or 0L or 0UL or 0U => false,
        IList list => list.Count > 0,
        _ => true,
    };
}
