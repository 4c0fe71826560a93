using GameBackend.Grains.Storage;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;

namespace GameBackend.Grains.Tests.Storage;

/// <summary>How grain state turns into bytes, and that bytes of every older version still turn into state.</summary>
public sealed class StoredStateTests : IDisposable
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Samples");

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer()
        .AddSingleton<IGeneralizedCodec, ProtobufMessageCodec>()
        .AddSingleton<IGeneralizedCopier, ProtobufMessageCodec>()
        .AddSingleton<ITypeFilter, ProtobufMessageCodec>()
        .BuildServiceProvider();

    private ProtobufGrainStorageSerializer Serializer => new(_services.GetRequiredService<Serializer>());

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_message_comes_back_and_takes_one_byte_more_than_itself()
    {
        var view = View();
        var stored = Serializer.Serialize(view);
        Assert.Equal(1 + view.CalculateSize(), stored.ToMemory().Length);
        Assert.Equal(view, Serializer.Deserialize<PlayerView>(stored));
    }

    [Fact]
    public void An_Orleans_type_comes_back()
    {
        var state = new SampleState { Name = "Ann", Counts = { [7] = 3 } };
        var read = Serializer.Deserialize<SampleState>(Serializer.Serialize(state));
        Assert.Equal((state.Name, 3), (read.Name, read.Counts[7]));
    }

    [Fact]
    public void Fields_of_a_newer_version_survive_an_older_one()
    {
        var newer = new UnknownFieldSample().Bytes;
        var state = Serializer.Deserialize<Profile>(new BinaryData(newer));
        state.Motto = "changed";
        var stored = System.Text.Encoding.UTF8.GetString(Serializer.Serialize(state));
        Assert.Contains("newer", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_of_another_kind_are_refused()
    {
        var message = Serializer.Serialize(View());
        Assert.Throws<InvalidDataException>(() => Serializer.Deserialize<SampleState>(message));
        var nothing = new BinaryData(Array.Empty<byte>());
        Assert.Throws<InvalidDataException>(() => Serializer.Deserialize<PlayerView>(nothing));
        Assert.Throws<InvalidDataException>(() => Serializer.Deserialize<PlayerView>(new BinaryData("{}")));
    }

    [Fact]
    public void States_that_were_saved_by_the_first_version_load()
    {
        Assert.Equal(View(), Serializer.Deserialize<PlayerView>(Sample("state-protobuf-1.bin")));
        var state = Serializer.Deserialize<SampleState>(Sample("state-orleans-1.bin"));
        Assert.Equal(("Ann", 3), (state.Name, state.Counts[7]));
    }

    [Fact]
    public async Task A_store_that_was_saved_by_the_first_version_opens()
    {
        using var directory = new StoreDirectory();
        foreach (var file in Directory.GetFiles(Path.Combine(Samples, "embedded-1")))
            File.Copy(file, directory.PathOf(Path.GetFileName(file)));
        using var store = directory.Open();
        await SavedStore.AssertIn(store);
    }

    [Fact]
    public void A_message_travels_as_a_part_of_an_Orleans_type_and_by_itself()
    {
        var serializer = _services.GetRequiredService<Serializer>();
        var view = View();
        object boxed = view;
        Assert.Equal(view, serializer.Deserialize<PlayerView>(serializer.SerializeToArray(view)));
        Assert.Equal(view, serializer.Deserialize<object>(serializer.SerializeToArray(boxed)));
        var state = new GrainState<PlayerView>(view, "7");
        var moved = serializer.Deserialize<GrainState<PlayerView>>(serializer.SerializeToArray(state));
        Assert.Equal((view, "7"), (moved?.State, moved?.ETag));
        object[] twice = [view, view, new Profile(), null!];
        var read = serializer.Deserialize<object[]>(serializer.SerializeToArray(twice))!;
        Assert.Same(read[0], read[1]);
        Assert.Equal([view, view, new Profile(), null!], read);
    }

    [Fact]
    public void A_copied_message_is_another_one_with_the_same_content()
    {
        var view = View();
        var copy = _services.GetRequiredService<DeepCopier>().Copy(view);
        Assert.Equal(view, copy);
        Assert.NotSame(view, copy);
    }

    internal static PlayerView View() => new()
    {
        PlayerId = 42,
        Version = 7,
        Profile = new Profile { Name = "Ann", Motto = "grüezi" },
        Wallet = { new Balance { Currency = "gold", Amount = -5 } },
    };

    private static BinaryData Sample(string name) => new(File.ReadAllBytes(Path.Combine(Samples, name)));

    /// <summary>A stored profile with a field that this version does not know.</summary>
    private sealed class UnknownFieldSample
    {
        public byte[] Bytes { get; } = Build();

        private static byte[] Build()
        {
            using var buffer = new MemoryStream();
            buffer.WriteByte(1);
            using (var output = new CodedOutputStream(buffer, leaveOpen: true))
            {
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteString("Ann");
                output.WriteTag(1000, WireFormat.WireType.LengthDelimited);
                output.WriteString("newer");
            }

            return buffer.ToArray();
        }
    }
}

[GenerateSerializer, Alias("gb.test.SampleState")]
public sealed class SampleState
{
    [Id(0)]
    public string Name { get; set; } = "";

    [Id(1)]
    public Dictionary<int, int> Counts { get; } = [];
}

/// <summary>The content of the saved store under <c>Samples/embedded-1</c>.</summary>
internal static class SavedStore
{
    public static async Task Write(EmbeddedStore store)
    {
        await store.Put("state", "player/42/player", "compacted"u8.ToArray(), 0);
        await store.AppendToLog("mailbox/42", 1, "m1", "one"u8.ToArray());
        await store.AppendToLog("mailbox/42", 2, "m2", "two"u8.ToArray());
        await store.TrimLog("mailbox/42", 1);
        await store.Compact();
        await store.Put("state", "player/43/player", "journalled"u8.ToArray(), 0);
        await store.Put("state", "player/44/player", "removed"u8.ToArray(), 0);
        await store.Remove("state", "player/44/player", null);
        await store.AppendToLog("mailbox/42", 3, "", "three"u8.ToArray());
        await store.ReplaceLog("mailbox/43", 1, "resync"u8.ToArray());
        await store.AppendToLog("mailbox/44", 1, "", "deleted"u8.ToArray());
        await store.DeleteLog("mailbox/44");
        await new EmbeddedReminderTable(store).UpsertRow(new ReminderEntry
        {
            GrainId = GrainId.Create("player", "42"),
            ReminderName = "outbox",
            StartAt = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            Period = TimeSpan.FromMinutes(5),
        });
    }

    public static async Task AssertIn(EmbeddedStore store)
    {
        Assert.Equal("compacted", EmbeddedStoreTests.Text(await store.Get("state", "player/42/player")));
        Assert.Equal("journalled", EmbeddedStoreTests.Text(await store.Get("state", "player/43/player")));
        Assert.Null(await store.Get("state", "player/44/player"));
        Assert.Equal(new LogBounds(2, 3), await store.OpenLog("mailbox/42"));
        Assert.Equal("two"u8.ToArray(), (await store.ReadLog("mailbox/42", 2, 1))[0].Item);
        Assert.Equal(new LogAppend(1, true), await store.AppendToLog("mailbox/42", 4, "m1", "one"u8.ToArray()));
        Assert.Equal(new LogBounds(1, 1), await store.OpenLog("mailbox/43"));
        Assert.Equal(new LogBounds(1, 0), await store.OpenLog("mailbox/44"));
        var grain = GrainId.Create("player", "42");
        Assert.Equal(TimeSpan.FromMinutes(5), (await new EmbeddedReminderTable(store).ReadRow(grain, "outbox"))?.Period);
    }
}
