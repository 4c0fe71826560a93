namespace GameBackend.Game.Tests;

public sealed class CheckpointTests
{
    private static readonly Catalogue s_catalogue = Catalogue.LoadDefault();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_battle_that_is_restored_goes_on_as_if_nothing_had_been(int seed)
    {
        var setup = TestArena.GameSetup("3v3", (ulong)seed, players: 4);
        var room = new BattleRoom(s_catalogue, setup);
        var players = new RandomFighting(room, seed, 4);
        var (checkpoint, log, saved) = (room.Checkpoint(), Array.Empty<byte>(), new List<byte>());
        while (!room.Ended && room.Tick < 1500)
        {
            players.Play();
            room.Advance();
            if (room.Tick % 20 != 0) continue;
            room.MarkLog();
            if (room.Tick % 60 == 0)
            {
                saved.AddRange(room.Log.ToArray());
                room.DropLog();
                checkpoint = BattleCheckpoint.Parser.ParseFrom(room.Checkpoint().ToByteArray());
                Assert.Equal(saved.Count, (int)checkpoint.LogBytes);
            }

            log = room.Log.ToArray();
            var restored = BattleRoom.Restore(s_catalogue, setup, checkpoint, log);
            Assert.Equal((room.Tick, room.StateHash()), (restored.Tick, restored.StateHash()));
        }

        // The rest is fought at the restored one, and the whole still verifies.
        var second = BattleRoom.Restore(s_catalogue, setup, checkpoint, log);
        var others = new RandomFighting(second, seed + 100, 4);
        while (!second.Ended)
        {
            others.Play();
            second.Advance();
        }

        Assert.Equal("", ReplayVerifier.Verify(s_catalogue, second.Replay(saved.ToArray())).Why);
    }

    [Fact]
    public void Inputs_that_wait_for_their_tick_survive()
    {
        var setup = TestArena.Setup();
        var room = new BattleRoom(TestArena.Catalogue, setup);
        Assert.Equal(InputRefusal.None, room.Submit(0, new BattleInput { Number = 9, Tick = 5, MoveX = 100 }));
        room.Run(2);
        var restored = BattleRoom.Restore(TestArena.Catalogue, setup, room.Checkpoint(), default);
        Assert.Equal(InputRefusal.Number, restored.Submit(0, new BattleInput { Number = 9, Tick = 6 }));
        restored.Run(10);
        Assert.Equal(9, restored.Fighter(0).LastInput);
        Assert.True(restored.Fighter(0).X > 5000);
    }

    [Fact]
    public void An_input_that_had_its_tick_before_the_restore_is_not_done_again()
    {
        var setup = TestArena.Setup();
        var room = new BattleRoom(TestArena.Catalogue, setup);
        var checkpoint = room.Checkpoint();
        room.Do(0, BattleAction.Attack, aim: (1, 0));
        room.MarkLog();
        var restored = BattleRoom.Restore(TestArena.Catalogue, setup, checkpoint, room.Log);
        Assert.Equal(room.StateHash(), restored.StateHash());
        Assert.Equal(InputRefusal.Number, restored.Submit(0, new BattleInput { Number = 1 }));
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        var setup = TestArena.Setup();
        var room = new BattleRoom(TestArena.Catalogue, setup);
        room.Run(10);
        var state = room.Checkpoint().State.ToByteArray();
        for (var i = 0; i < state.Length; i++)
        {
            var damaged = room.Checkpoint();
            var bytes = (byte[])state.Clone();
            bytes[i] ^= 0x15;
            damaged.State = ByteString.CopyFrom(bytes);
            Assert.Throws<InvalidDataException>(
                () => BattleRoom.Restore(TestArena.Catalogue, setup, damaged, default));
        }

        var cut = room.Checkpoint();
        cut.State = ByteString.CopyFrom(state.AsSpan(0, state.Length - 1));
        Assert.Throws<InvalidDataException>(() => BattleRoom.Restore(TestArena.Catalogue, setup, cut, default));
    }

    [Fact]
    public void A_checkpoint_is_small()
    {
        var room = new BattleRoom(s_catalogue, TestArena.GameSetup("ffa8", 4, players: 0));
        room.Run(600);
        Assert.InRange(room.Checkpoint().CalculateSize(), 200, 3000);
    }
}
