namespace GameBackend.Game.Tests;

public sealed class ReplayTests
{
    private static readonly Catalogue s_catalogue = Catalogue.LoadDefault();

    [Fact]
    public void A_replay_that_was_tampered_with_is_found_out()
    {
        var replay = Fight();
        Assert.True(ReplayVerifier.Verify(s_catalogue, replay).Ok);
        var log = replay.Log.ToByteArray();
        var random = new Random(3);
        for (var i = 0; i < 60; i++)
        {
            var bytes = (byte[])log.Clone();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var tampered = replay.Clone();
            tampered.Log = ByteString.CopyFrom(bytes);
            var verdict = ReplayVerifier.Verify(s_catalogue, tampered);
            // Some bits mean nothing, such as the number of an input that another follows in the same second.
            Assert.True(!verdict.Ok || verdict.Result!.Equals(ReplayVerifier.Verify(s_catalogue, replay).Result));
        }
    }

    [Fact]
    public void A_better_weapon_than_there_was_is_found_out()
    {
        var replay = Fight();
        replay.Setup.Seats[0].Stats.Attack += 1;
        Assert.False(ReplayVerifier.Verify(s_catalogue, replay).Ok);
    }

    [Fact]
    public void A_battle_by_other_rules_is_not_run_again()
    {
        var replay = Fight();
        replay.Setup.RulesHash ^= 1;
        Assert.Equal("It was fought by other rules.", ReplayVerifier.Verify(s_catalogue, replay).Why);
    }

    [Fact]
    public void A_log_that_ends_early_is_found_out()
    {
        var replay = Fight();
        replay.Log = ByteString.CopyFrom(replay.Log.Span[..(replay.Log.Length / 2)]);
        Assert.False(ReplayVerifier.Verify(s_catalogue, replay).Ok);
    }

    [Fact]
    public void A_log_costs_a_player_a_few_hundred_bytes_a_second()
    {
        var replay = Fight();
        var seconds = replay.Ticks / 20.0;
        Assert.InRange(replay.Log.Length / seconds / 6, 1, 300);
    }

    private static BattleReplay Fight()
    {
        var room = new BattleRoom(s_catalogue, TestArena.GameSetup("3v3", 11, players: 6));
        var players = new RandomFighting(room, 11, 6);
        while (!room.Ended && room.Tick < 3000)
        {
            players.Play();
            room.Advance();
        }

        room.MarkLog();
        return room.Replay();
    }
}
