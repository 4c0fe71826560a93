using System.Diagnostics;
using GameBackend.Gateway.Battle;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Battles;

/// <summary>A battle at a gateway, between a lane that loses and reorders and clients that lag.</summary>
public sealed class BattleFeedTests
{
    private static readonly uint SnapshotOp = Opcodes.OfPush<BattleSnapshot>().Op;

    private readonly ScriptedBattle _battle = new();
    private readonly GatewayMetrics _metrics = new();
    private readonly Rig _rig = new Rig().Open();

    [Fact]
    public async Task Each_tick_is_sent_once_and_an_old_one_never()
    {
        var feed = Seated(out _);
        foreach (var tick in (uint[])[1, 2, 2, 4, 3, 5])
            feed.Receive(Frame(1, (tick, 1)));
        Assert.Equal((uint[])[1u, 2u, 4u, 5u], await Ticks());
    }

    [Fact]
    public async Task Another_sides_snapshots_are_not_for_this_one()
    {
        var feed = Seated(out _);
        feed.Receive(new BattleFrame(9, 1, [Part(1, 1, 1), Part(BattlePart.Watchers, 1, 1)]));
        feed.Receive(new BattleFrame(9, 1, [Part(0, 2, 2), Part(1, 2, 1)]));
        Assert.Equal((uint[])[2u], await Ticks());
    }

    [Fact]
    public async Task A_client_that_lags_gets_fewer_snapshots_and_then_the_baseline_that_it_has_missed()
    {
        var feed = Seated(out _);
        feed.Receive(Frame(1, (1, 1)));
        Assert.Equal((uint[])[1u], await Ticks());
        _rig.Socket.StopReading();
        // The first is on its way to the socket, the next fill the queue up to the bound.
        for (var tick = 2u; tick <= 100; tick++)
            feed.Receive(Frame(1, (tick, 1)));
        Assert.True(_rig.Socket.QueuedBytes < 16 * 1024 + 2000, $"{_rig.Socket.QueuedBytes} bytes wait");
        feed.Receive(Frame(1, (101, 101)));
        _rig.Socket.ReadOn();
        var late = await Ticks();
        Assert.DoesNotContain(101u, late);
        Assert.InRange(late.Length, 5, 40);
        feed.Receive(Frame(1, (102, 101)));
        Assert.Equal((uint[])[101u, 102u], await Ticks());
    }

    [Fact]
    public async Task Nobody_gets_more_bytes_a_second_than_the_bound()
    {
        var began = Stopwatch.GetTimestamp();
        var feed = Seated(out _, new GatewayOptions { SnapshotBytesPerSecond = 5000 });
        for (var tick = 1u; tick <= 50; tick++)
        {
            feed.Receive(Frame(1, (tick, 1)));
            await Task.Yield();
        }

        // Ten at once, and ten in every second that this has taken.
        Assert.InRange(
            (await Ticks()).Length, 1, 10 + (int)Math.Ceiling(10 * Stopwatch.GetElapsedTime(began).TotalSeconds));
    }

    [Fact]
    public async Task A_battle_that_has_begun_anew_elsewhere_may_go_back_in_time()
    {
        var feed = Seated(out _);
        feed.Receive(Frame(1, (50, 50)));
        feed.Receive(Frame(2, (41, 41)));
        feed.Receive(Frame(1, (51, 50)));
        feed.Receive(Frame(2, (42, 41)));
        Assert.Equal((uint[])[50u, 41u, 42u], await Ticks());
    }

    [Fact]
    public async Task Inputs_that_come_while_a_call_is_under_way_make_one_call()
    {
        var feed = Seated(out _);
        var gate = _battle.Gate = new TaskCompletionSource();
        feed.Submit(_rig.Session, [1], null);
        await Wait.Until(() => _battle.Calls.Count == 1);
        var answers = Enumerable.Range(2, 5).Select(i =>
        {
            var answer = new TaskCompletionSource<InputAnswer>();
            feed.Submit(_rig.Session, [(byte)i], answer);
            return answer.Task;
        }).ToArray();
        _battle.Gate = null;
        gate.SetResult();
        await Task.WhenAll(answers).Within();
        Assert.Equal([1, 5], _battle.Calls.Select(call => call.Length));
        Assert.Equal([2, 3, 4, 5, 6], _battle.Calls[1].Select(input => (int)input.Body[0]));
        Assert.All(_battle.Calls[1], input => Assert.Equal((7, 1ul), (input.Player, input.Epoch)));
    }

    [Fact]
    public async Task Of_inputs_that_a_battle_does_not_take_the_oldest_are_given_up()
    {
        var feed = Seated(out _);
        var gate = _battle.Gate = new TaskCompletionSource();
        feed.Submit(_rig.Session, [0], null);
        await Wait.Until(() => _battle.Calls.Count == 1);
        var oldest = new TaskCompletionSource<InputAnswer>();
        feed.Submit(_rig.Session, [1], oldest);
        for (var i = 0; i < 1000; i++)
            feed.Submit(_rig.Session, [2], null);
        Assert.Equal(GameError.Unavailable, (await oldest.Task.Within()).Error);
        _battle.Gate = null;
        gate.SetResult();
        await Wait.Until(() => _battle.Calls.Count == 2);
        Assert.Equal(256, _battle.Calls[1].Length);
    }

    [Fact]
    public async Task A_lane_that_stays_silent_is_left_for_another()
    {
        var feed = Seated(out _);
        await feed.Attend();
        await Wait.Until(() => feed.IsSilent);
        await feed.Attend();
        Assert.NotEqual(_battle.Lanes[0], _battle.Lanes[1]);
        feed.Receive(Frame(1, (1, 1)));
        await feed.Attend();
        Assert.Equal(_battle.Lanes[1], _battle.Lanes[2]);
    }

    private BattleFeed Seated(out BattleSeat seat, GatewayOptions? options = null)
    {
        var feed = new BattleFeed(9, Guid.NewGuid(), _battle, options ?? new GatewayOptions(), _metrics);
        seat = feed.Seat(_rig.Session, 0, null)!;
        return feed;
    }

    private static BattleFrame Frame(ulong life, params (uint Tick, uint Base)[] snapshots) =>
        new(9, life, [.. snapshots.Select(each => Part(0, each.Tick, each.Base))]);

    private static BattlePart Part(int group, uint tick, uint baseTick)
    {
        var snapshot = new BattleSnapshot { BattleId = 9, Tick = tick, BaseTick = baseTick };
        snapshot.FightersGone.AddRange(Enumerable.Repeat(1u, 1000));
        return new BattlePart(group, tick, baseTick, snapshot.ToByteArray());
    }

    /// <summary>The ticks of the snapshots that have come, once nothing more does.</summary>
    private async Task<uint[]> Ticks()
    {
        // What is sent last comes last.
        _rig.Session.SendTransient(1, []);
        var ticks = new List<uint>();
        while (true)
        {
            var envelope = await _rig.Socket.Next();
            if (envelope is { Op: 1, Id: 0 })
                return [.. ticks];
            if (envelope.Op == SnapshotOp)
                ticks.Add(envelope.Read<BattleSnapshot>().Tick);
        }
    }

    private sealed class ScriptedBattle : IBattleGrain
    {
        public List<PlayerInput[]> Calls { get; } = [];

        public List<string> Lanes { get; } = [];

        public TaskCompletionSource? Gate { get; set; }

        public Task<bool> Attend(BattleAttendance attendance)
        {
            Lanes.Add(attendance.Lane);
            return Task.FromResult(true);
        }

        public async Task<InputAnswer[]> Submit(PlayerInput[] inputs)
        {
            Calls.Add(inputs);
            if (Gate is { } gate)
                await gate.Task;
            return new InputAnswer[inputs.Length];
        }

        public Task Drop(long player, ulong epoch) => Task.CompletedTask;

        public Task Open(BattleOrder order) => throw new NotSupportedException();

        public Task<Outcome> Join(long player, ulong epoch) => throw new NotSupportedException();

        public Task<Outcome> Leave(long player, ulong epoch) => throw new NotSupportedException();

        public Task<Outcome> VoteSurrender(long player, ulong epoch, bool forIt) => throw new NotSupportedException();

        public Task<Outcome> Watch(long player) => throw new NotSupportedException();

        public Task<Outcome> ReadReplay(uint page) => throw new NotSupportedException();
    }
}
