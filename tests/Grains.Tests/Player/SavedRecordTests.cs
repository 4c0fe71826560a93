using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using GameBackend.Grains.Mailbox;
using GameBackend.Grains.Player;
using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace GameBackend.Grains.Tests.Player;

/// <summary>
/// State as it was stored once, in Samples. The files are never written again: a change that breaks one of them breaks
/// the players who have it. A new field gets a new sample.
/// </summary>
public sealed class SavedRecordTests : IDisposable
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Samples");

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_saved_player_record_loads_with_every_value_in_its_place()
    {
        var json = File.ReadAllText(Path.Combine(Samples, "player-record-1.json"));
        var expected = JsonParser.Default.Parse<PlayerRecord>(json);
        var record = Load<PlayerRecord>("player-record-1.bin");
        Assert.Equal(expected, record);
        Assert.All(PlayerRecord.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldNumber <= 6), field =>
            Assert.NotEqual(field.Accessor.GetValue(new PlayerRecord()), field.Accessor.GetValue(record)));
        Assert.All(SessionState.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldNumber <= 9), field =>
            Assert.NotEqual(field.Accessor.GetValue(new SessionState()), field.Accessor.GetValue(record.Session)));
    }

    [Fact]
    public void A_saved_attachment_of_a_mailbox_loads()
    {
        var attached = Load<MailboxState>("mailbox-state-1.bin");
        Assert.Equal((7ul, "0123456789abcdef0123456789abcdef/2"), (attached.Epoch, attached.Lane));
        var detached = Load<MailboxState>("mailbox-state-2.bin");
        Assert.Equal((8ul, null), (detached.Epoch, detached.Lane));
    }

    [Fact]
    public void A_saved_name_loads()
    {
        Assert.Equal(1234567890123456789, Load<NameState>("name-state-1.bin").Owner);
        Assert.Null(Load<NameState>("name-state-2.bin").Owner);
    }

    private T Load<T>(string sample) =>
        new ProtobufGrainStorageSerializer(_services.GetRequiredService<Serializer>())
            .Deserialize<T>(new BinaryData(File.ReadAllBytes(Path.Combine(Samples, sample))));
}

/// <summary>A stored record, played on by a grain.</summary>
[Collection(nameof(EmbeddedGame))]
public sealed class SavedRecordInUseTests(EmbeddedGame game)
{
    [Fact]
    public async Task A_saved_player_posts_what_was_in_its_outbox_settles_its_name_and_plays_on()
    {
        var sample = Path.Combine(AppContext.BaseDirectory, "Samples", "player-record-1.bin");
        var bytes = await File.ReadAllBytesAsync(sample);
        var record = PlayerRecord.Parser.ParseFrom(bytes.AsSpan(1));
        var player = await TestPlayer.Registered(game);
        var former = game.Client.GetGrain<INameGrain>($"player/{record.NameInQuestion}");
        Assert.True(await former.Take(player.Id));
        await game.Store("player", player.Session, record);

        await player.Login();
        Assert.Null(await former.Owner());
        Assert.Equal(GameError.Ok, (await player.Profile.Buy(player.Next(), "wood.oak", 1)).Error);
        Assert.Equal([41ul, 42ul], (await player.Changes()).Select(change => change.Version));
    }
}
