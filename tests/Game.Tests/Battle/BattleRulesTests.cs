namespace GameBackend.Game.Tests;

public sealed class BattleRulesTests
{
    private static readonly Catalogue s_catalogue = Catalogue.LoadDefault();
    private static readonly Catalogue s_later = Catalogue.Load(
        [.. Documents().Select(json => json.Replace("\"killScore\": 10", "\"killScore\": 12", StringComparison.Ordinal))]);

    public static TheoryData<string> Modes => [.. s_catalogue.Modes.Keys];

    [Theory, MemberData(nameof(Modes))]
    public void Rules_that_were_written_are_read_as_they_were(string mode)
    {
        var rules = BattleRules.Of(s_catalogue, mode);
        var setup = new BattleSetup { Mode = mode, Rules = rules.ToBytes() };
        var read = BattleRules.Of(s_later, setup);
        // By what they are written as: lists are compared by reference.
        Assert.Equal(rules.ToBytes(), read.ToBytes());
        Assert.Equal(rules.Mode.Rewards.Drops.AsSpan(), read.Mode.Rewards.Drops.AsSpan());
        Assert.InRange(setup.Rules.Length, 100, 2500);
    }

    [Fact]
    public void A_battle_goes_on_by_the_rules_that_it_began_with()
    {
        var setup = TestArena.GameSetup("3v3", 5, players: 6);
        setup.Rules = BattleRules.Of(s_catalogue, "3v3").ToBytes();
        var room = new BattleRoom(s_catalogue, setup);
        var players = new RandomFighting(room, 5, 6);
        for (var i = 0; i < 400; i++) Play(room, players);
        var checkpoint = room.Checkpoint();
        var saved = room.Log.ToArray();
        room.DropLog();
        for (var i = 0; i < 400; i++) Play(room, players);
        room.MarkLog();

        var restored = BattleRoom.Restore(s_later, setup, checkpoint, room.Log);
        Assert.Equal((room.Tick, room.StateHash()), (restored.Tick, restored.StateHash()));
        Assert.Equal("", ReplayVerifier.Verify(s_later, room.Replay(saved)).Why);
    }

    [Fact]
    public void Without_rules_of_its_own_it_does_not_fit_a_changed_catalogue()
    {
        var setup = TestArena.GameSetup("3v3", 5, players: 6);
        var checkpoint = new BattleRoom(s_catalogue, setup).Checkpoint();
        Assert.Throws<InvalidDataException>(() => BattleRoom.Restore(s_later, setup, checkpoint, default));
    }

    [Fact]
    public void Rules_that_cannot_be_read_are_told()
    {
        var setup = TestArena.GameSetup("1v1", 5, players: 2);
        setup.Rules = Google.Protobuf.ByteString.CopyFrom(1, 2, 3);
        Assert.Throws<InvalidDataException>(() => new BattleRoom(s_catalogue, setup));
    }

    private static void Play(BattleRoom room, RandomFighting players)
    {
        players.Play();
        room.Advance();
    }

    private static IEnumerable<string> Documents()
    {
        var assembly = typeof(Catalogue).Assembly;
        var names = assembly.GetManifestResourceNames();
        foreach (var name in names.Where(name => name.StartsWith("catalogue/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }
}
