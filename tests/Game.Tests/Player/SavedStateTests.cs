namespace GameBackend.Game.Tests;

/// <summary>
/// States as they were saved once, in Samples. They are never written again: a change to the schema that breaks one
/// of them breaks the players who have it. A new field gets a new sample.
/// </summary>
public sealed class SavedStateTests
{
    public static TheoryData<string> Samples =>
        new(Directory.GetFiles(Folder, "player-state-*.base64").Select(Path.GetFileNameWithoutExtension)!);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Samples");

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_saved_state_loads_with_every_value_in_its_place(string sample)
    {
        var expected = JsonParser.Default.Parse<PlayerState>(File.ReadAllText(Path.Combine(Folder, sample + ".json")));
        Assert.Equal(expected, Load(sample));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_saved_state_plays_on(string sample)
    {
        var player = new TestPlayer(Catalogue.LoadDefault(), Load(sample));
        Assert.True(PlayerRules.Exists(player.State));
        var seq = player.State.LedgerNextSeq;
        player.Do((s, c, a) => ShopRules.Buy(s, c, a, "food.berry", 1));
        player.Do((s, c, a) => PlayerRules.Rename(s, c, a, "Renamed"));
        Assert.Equal(seq, player.State.Ledger[^2].Seq);
    }

    [Fact]
    public void The_first_sample_has_every_field_of_the_first_schema()
    {
        var state = Load("player-state-1");
        var fields = PlayerState.Descriptor.Fields.InFieldNumberOrder();
        Assert.All(
            fields.Where(field => field.FieldNumber <= 14),
            field => Assert.True(IsSet(field.Accessor.GetValue(state)), field.Name));
        Assert.Equal(Enumerable.Range(1, 14), fields.Take(14).Select(field => field.FieldNumber));
    }

    [Fact]
    public void A_field_from_the_future_survives_a_rule()
    {
        // Field 1000, a varint of 7: an older server in a rolling update must not drop it.
        byte[] bytes = [.. Load("player-state-1").ToByteArray(), 0xC0, 0x3E, 0x07];
        var player = new TestPlayer(Catalogue.LoadDefault(), PlayerState.Parser.ParseFrom(bytes));
        player.Do((s, c, a) => PlayerRules.Rename(s, c, a, "Renamed"));
        Assert.Equal(bytes[^3..], player.State.ToByteArray()[^3..]);
    }

    private static PlayerState Load(string sample)
    {
        var base64 = File.ReadAllText(Path.Combine(Folder, sample + ".base64"));
        return PlayerState.Parser.ParseFrom(Convert.FromBase64String(base64));
    }

    private static bool IsSet(object? value) => value switch
    {
        null => false,
        System.Collections.ICollection list => list.Count > 0,
        IMessage message => message.CalculateSize() > 0,
        ulong number => number != 0,
        uint number => number != 0,
        _ => throw new NotSupportedException(value.GetType().Name),
    };
}
