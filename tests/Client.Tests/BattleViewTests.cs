using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Tests;

public sealed class BattleViewTests
{
    private static readonly uint JoinOp = Opcodes.Of<JoinBattleRequest>().Op;

    private uint _baseTick = 10;

    [Fact]
    public async Task Snapshots_add_up_on_the_last_baseline_whatever_is_left_out()
    {
        await using var rig = await Start();
        using var view = await Join(rig);
        Assert.Equal(100u, X(view, 0));
        Push(rig, Delta(12, 10, x: 120));
        Push(rig, Delta(15, 10, x: 150));
        await Wait.Until(() => X(view, 0) == 150);
        Assert.Equal((15u, 200u), (view.Look(picture => picture.Tick), view.Look(picture => picture.Fighters[1].X)));
        Push(rig, new BattleSnapshot { BattleId = 9, Tick = 16, BaseTick = 10, FightersGone = { 1 } });
        await Wait.Until(() => view.Look(picture => picture.Fighters.Count) == 1);
        Assert.Equal(100u, X(view, 0));
        Assert.Equal(0, view.Rejoins);
    }

    [Fact]
    public async Task A_missing_baseline_is_asked_for()
    {
        await using var rig = await Start();
        using var view = await Join(rig);
        _baseTick = 50;
        Push(rig, Delta(52, 50, x: 300));
        await Wait.Until(() => view.Look(picture => picture.Tick) == 50);
        Assert.Equal(1, view.Rejoins);
        Push(rig, Delta(53, 50, x: 310));
        await Wait.Until(() => X(view, 0) == 310);
        Assert.True(rig.World.Requests.Count(request => request.Op == JoinOp) >= 2);
    }

    [Fact]
    public async Task It_joins_again_after_a_reconnect_and_when_nothing_comes()
    {
        await using var rig = await Start();
        using var view = await Join(rig);
        rig.World.Live!.Close(new Goodbye { Reason = GoodbyeReason.Draining });
        await Wait.Until(() => view.Rejoins >= 1);
        await Wait.Until(() => view.Rejoins >= 2);
        Assert.True(view.LongestSilenceMs >= 900, $"{view.LongestSilenceMs} ms");
    }

    [Fact]
    public async Task An_event_is_told_once_and_the_end_is_known()
    {
        await using var rig = await Start();
        using var view = await Join(rig);
        var told = new List<BattleEvent>();
        view.Changed += told.AddRange;
        for (var tick = 11u; tick <= 13; tick++)
        {
            var delta = Delta(tick, 10, x: tick);
            delta.Events.Add(new BattleEvent { Number = 700, Kind = BattleEventKind.Kill, Actor = 1 });
            Push(rig, delta);
        }

        var last = Delta(14, 10, x: 14);
        last.Events.Add(new BattleEvent { Number = 701, Kind = BattleEventKind.End });
        Push(rig, last);
        await Wait.Until(() => view.IsOver);
        Assert.Equal([700u, 701u], told.Select(happening => happening.Number));
        Assert.False(view.Send(new BattleInput()));
    }

    private async Task<Rig> Start()
    {
        var rig = await Rig.Start();
        rig.World.Answer = request =>
            request.Op == JoinOp ? new ServerEnvelope { Body = Joined().ToByteString() } : null;
        return rig;
    }

    private static async Task<BattleView> Join(Rig rig) =>
        await BattleView.Join(await rig.Connected(PreferredTransport.Tcp), 9);

    private JoinBattleReply Joined()
    {
        var baseline = new BattleSnapshot { BattleId = 9, Tick = _baseTick, BaseTick = _baseTick };
        baseline.Fighters.Add(new FighterSnapshot { Fighter = 0, X = 100, Health = 50 });
        baseline.Fighters.Add(new FighterSnapshot { Fighter = 1, X = 200, Health = 60 });
        return new JoinBattleReply { Info = new BattleInfo { BattleId = 9 }, Baseline = baseline };
    }

    private static BattleSnapshot Delta(uint tick, uint baseTick, uint x) => new()
    {
        BattleId = 9,
        Tick = tick,
        BaseTick = baseTick,
        Fighters = { new FighterSnapshot { Fighter = 0, X = x } },
    };

    private static uint X(BattleView view, uint fighter) => view.Look(picture => picture.Fighters[fighter].X);

    private static void Push(Rig rig, BattleSnapshot snapshot) =>
        rig.World.Live!.Push((0, Opcodes.OfPush<BattleSnapshot>().Op, snapshot.ToByteString()));
}
