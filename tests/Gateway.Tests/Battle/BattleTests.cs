using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Battles;

/// <summary>Battles over sockets: a cluster in this process with Redis, one silo and two gateways.</summary>
public sealed class BattleTests : IAsyncLifetime
{
    private static readonly uint SnapshotOp = Opcodes.OfPush<BattleSnapshot>().Op;

    private readonly RedisServer _redis = new();
    private Backend _silo = null!, _first = null!, _second = null!;

    public async Task InitializeAsync()
    {
        await _redis.Start();
        var connection = ("Redis:ConnectionString", (object)$"127.0.0.1:{_redis.Port}");
        _silo = await Backend.StartSilo(connection, ("Battle:WatchDelay", "00:00:01"));
        _first = await Backend.StartGateway(connection);
        _second = await Backend.StartGateway(connection);
    }

    public async Task DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await _silo.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Inputs_go_out_snapshots_come_in_and_a_flood_changes_nothing()
    {
        await using var ann = await _first.Play(Transport.Tcp);
        await using var bob = await _second.Play(Transport.WebSocket);
        Assert.Equal(GameError.BattleNotIn, (await ann.Ask(new JoinBattleRequest())).Error);
        Assert.Equal(GameError.BattleNotIn, (await ann.Ask(new BattleInput { Number = 1 })).Error);
        var battle = await Open(ann, bob);
        var joined = await ann.Ask<JoinBattleRequest, JoinBattleReply>(new JoinBattleRequest());
        Assert.Equal(battle, joined.Info.BattleId);
        await bob.Ask<JoinBattleRequest, JoinBattleReply>(new JoinBattleRequest { BattleId = battle });

        var first = await Snapshot(ann, _ => true);
        for (var number = 1u; number <= 20; number++)
        {
            await ann.Send(RawClient.Envelope(new BattleInput { Number = number, MoveX = 100 }, 0));
            await Snapshot(ann, _ => true);
        }

        var walked = await Snapshot(
            ann, snapshot => snapshot.Fighters.Any(each => each.Fighter == joined.Fighter && each.LastInput >= 15));
        Assert.True(walked.Tick > first.Tick);
        Assert.NotEmpty((await Snapshot(bob, snapshot => snapshot.Tick == snapshot.BaseTick)).Fighters);

        // A flood neither holds up other requests nor uses up their rate.
        await ann.Send([.. Enumerable.Range(0, 500).Select(
            i => RawClient.Envelope(new BattleInput { Number = 21 + (uint)i, MoveX = -100 }, 0))]);
        var limits = _first.Options;
        for (var i = 0; i < limits.RequestBurst / 2; i++)
            await ann.Fetch();
        var answer = await Waited(ann, new BattleInput { Number = 5000, MoveX = 101 });
        Assert.Equal(InputRefusal.Range, answer.Refusal);
        Assert.Equal(InputRefusal.Number, (await Waited(ann, new BattleInput { Number = 2 })).Refusal);
    }

    [Fact]
    public async Task Who_is_cut_off_comes_back_to_the_full_state_at_another_gateway_within_a_second()
    {
        await using var ann = await _first.Play(Transport.Tcp);
        await Open(ann, null);
        var joined = await ann.Ask<JoinBattleRequest, JoinBattleReply>(new JoinBattleRequest());
        await Snapshot(ann, _ => true);
        ann.Reset();
        await using var back = await RawClient.Connect(_second, Transport.Tcp);
        await back.Resume(ann);
        var began = MachineTime.Now;
        var again = await back.Ask<JoinBattleRequest, JoinBattleReply>(new JoinBattleRequest());
        Assert.Equal(joined.Info, again.Info);
        Assert.NotEmpty(again.Baseline.Fighters);
        var next = await Snapshot(back, snapshot => snapshot.BaseTick >= again.Baseline.Tick);
        Assert.True(next.Tick >= again.Baseline.Tick);
        Assert.InRange(MachineTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(InputRefusal.None, (await Waited(back, new BattleInput { Number = 1000, MoveY = 100 })).Refusal);
    }

    [Fact]
    public async Task Who_watches_and_who_leaves()
    {
        await using var ann = await _first.Play(Transport.Tcp);
        await using var eve = await _second.Play(Transport.Tcp);
        var battle = await Open(ann, null);
        await ann.Ask<JoinBattleRequest, JoinBattleReply>(new JoinBattleRequest());
        Assert.Equal(GameError.BattleNotFound, (await eve.Ask(new WatchBattleRequest { BattleId = battle + 1 })).Error);
        var watching =
            await eve.Ask<WatchBattleRequest, WatchBattleReply>(new WatchBattleRequest { BattleId = battle });
        Assert.Equal(2, watching.Info.Fighters.Count);
        var seen = await Snapshot(eve, _ => true);
        Assert.Equal((seen.Tick, 2), (seen.BaseTick, seen.Fighters.Count));
        var again = await eve.Ask<WatchBattleRequest, WatchBattleReply>(new WatchBattleRequest { BattleId = battle });
        Assert.InRange(watching.StartsInMs, 1u, 1000u);
        Assert.True(again.Baseline.Tick >= seen.Tick);
        await Snapshot(eve, snapshot => snapshot.Tick > again.Baseline.Tick);
        Assert.Equal(GameError.BattleNotIn, (await eve.Ask(new BattleInput { Number = 1 })).Error);
        Assert.Equal(GameError.BattleRunning, (await eve.Ask(new ReadReplayRequest { BattleId = battle })).Error);

        var early = await ann.Ask(new VoteSurrenderRequest { ForIt = true });
        Assert.Equal(GameError.BattleVoteEarly, early.Error);
        Assert.InRange(early.RetryAfterMs, 1u, 30_000u);
        await ann.Ask<LeaveBattleRequest, LeaveBattleReply>(new LeaveBattleRequest());
        Assert.Equal(GameError.BattleNotIn, (await ann.Ask(new BattleInput { Number = 1 })).Error);
    }

    private async Task<ulong> Open(RawClient player, RawClient? other)
    {
        var id = Random.Shared.NextInt64(1, long.MaxValue);
        var stats = new Stats { Health = 100_000, Attack = 1, Speed = 20 }.ToByteArray();
        BattleEntrant Entrant(RawClient? client, int side) => new(
            (long)(client?.Account.PlayerId ?? 0), "n", side, "ranger", stats, 1500, 350, 0.06);
        foreach (var client in new[] { player, other }.OfType<RawClient>())
        {
            await _silo.Grains.GetGrain<IMembershipGrain>((long)client.Account.PlayerId)
                .Claim(MembershipKind.Battle, id);
        }

        await _silo.Grains.GetGrain<IBattleGrain>(id).Open(
            new BattleOrder("1v1", "", [Entrant(player, 0), Entrant(other, 1)]));
        return (ulong)id;
    }

    private static async Task<BattleSnapshot> Snapshot(RawClient client, Predicate<BattleSnapshot> fits)
    {
        var envelope =
            await client.Next(each => each.Id == 0 && each.Op == SnapshotOp && fits(each.Read<BattleSnapshot>()));
        return envelope.Read<BattleSnapshot>();
    }

    /// <summary>Asks until the rate allows it.</summary>
    private static async Task<BattleInputReply> Waited(RawClient client, BattleInput input)
    {
        while (true)
        {
            var answer = await client.Ask(input);
            if (answer.Error != GameError.RateLimited)
                return answer.Read<BattleInputReply>();
            await Task.Delay((int)answer.RetryAfterMs + 1);
        }
    }
}
