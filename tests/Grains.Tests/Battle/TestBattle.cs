using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Battles;

/// <summary>A battle as gateways drive it.</summary>
internal sealed class TestBattle(GameHost game, long id)
{
    private uint _number;

    public long Id => id;

    public IBattleGrain Grain => game.Client.GetGrain<IBattleGrain>(id);

    public string Log => $"battle/{id:x}";

    /// <summary>One against one; the other is a bot unless it is given.</summary>
    /// <param name="health">1 for a battle that is soon over.</param>
    public static async Task<TestBattle> Open(
        GameHost game, TestPlayer player, TestPlayer? other = null, int health = 1000)
    {
        var battle = new TestBattle(game, Random.Shared.NextInt64(1, long.MaxValue));
        foreach (var each in new[] { player, other }.OfType<TestPlayer>())
        {
            await game.Client.GetGrain<IMembershipGrain>(each.Id).Claim(MembershipKind.Battle, battle.Id);
        }

        await Wait.UntilClear(async () =>
        {
            await battle.Grain.Open(Order(player, other, health));
            return true;
        });
        return battle;
    }

    /// <summary>One that somebody else has begun and saved, and that nobody runs.</summary>
    public static async Task<TestBattle> Stored(GameHost game, TestPlayer player, Action<BattleRecord> change)
    {
        var battle = new TestBattle(game, Random.Shared.NextInt64(1, long.MaxValue));
        await game.Client.GetGrain<IMembershipGrain>(player.Id).Claim(MembershipKind.Battle, battle.Id);
        var record = new BattleRecord
        {
            Setup = new BattleSetup { BattleId = (ulong)battle.Id, Seed = 1, Mode = "1v1", TicksPerSecond = 20 },
            Region = "here",
            Life = 1,
        };
        foreach (var (id, side) in ((ulong, uint)[])[((ulong)player.Id, 0), (0, 1)])
        {
            record.Setup.Seats.Add(new BattleSeat
            {
                PlayerId = id,
                Side = side,
                Role = "ranger",
                Stats = new Stats { Health = 100_000, Attack = 1 },
            });
            record.Ratings.Add(new RatingRecord());
        }

        change(record);
        record.Setup.RulesHash = BattleRoom.RulesHash(Catalogue.LoadDefault(), record.Setup);
        await game.Store("battle", battle.Grain, record);
        return battle;
    }

    public static BattleOrder Order(TestPlayer player, TestPlayer? other, int health) => new(
        "1v1",
        "here",
        [Entrant(player.Id, player.Name, 0, health),
            Entrant(other?.Id ?? 0, other?.Name ?? "bot", 1, other is null ? 1000 : health)]);

    public async Task<JoinBattleReply> Join(TestPlayer player)
    {
        var outcome = await TryJoin(player);
        Assert.Equal(GameError.Ok, outcome.Error);
        return JoinBattleReply.Parser.ParseFrom(outcome.Reply);
    }

    public Task<Outcome> TryJoin(TestPlayer player, long battle = 0) => Wait.UntilClear(
        () => game.Client.GetGrain<IPlayerBattles>(player.Id).JoinBattle(player.Next(), battle));

    public async Task<WatchBattleReply> Watch(TestPlayer watcher)
    {
        var outcome = await Wait.UntilClear(() => Grain.Watch(watcher.Id));
        Assert.Equal(GameError.Ok, outcome.Error);
        return WatchBattleReply.Parser.ParseFrom(outcome.Reply);
    }

    /// <summary>Says that players are there, as their gateway does about each second.</summary>
    public Task<bool> Attend(LaneEar gateway, params TestPlayer[] players) => Wait.UntilClear(() => Grain.Attend(
        new BattleAttendance(
            gateway.Name, [.. players.Select(player => new BattlePresence(player.Id, player.Epoch))],
            players.Length == 0)));

    public async Task<InputAnswer> Walk(TestPlayer player, ulong? epoch = null, uint tick = 0)
    {
        var input = new BattleInput { Number = ++_number, Tick = tick, MoveX = 100 };
        var sent = new PlayerInput(player.Id, epoch ?? player.Epoch, input.ToByteArray());
        return Assert.Single(await Wait.UntilClear(() => Grain.Submit([sent])));
    }

    public Task<BattleRecord> Stored() => game.Stored<BattleRecord>("battle", Grain);

    public async Task<BattleRecord> UntilOver()
    {
        await Wait.Until(async () => (await Stored()).Result is not null, "the battle is over", 60);
        await Wait.Until(async () => (await Stored()).Unsettled.Count == 0, "it is settled", 30);
        return await Stored();
    }

    /// <summary>The replay, as a client gets it.</summary>
    public async Task<BattleReplay> Replay()
    {
        var replay = new BattleReplay();
        var log = new List<byte>();
        for (var (page, pages) = (0u, 1u); page < pages; page++)
        {
            var outcome = await Wait.UntilClear(() => Grain.ReadReplay(page));
            Assert.Equal(GameError.Ok, outcome.Error);
            var reply = ReadReplayReply.Parser.ParseFrom(outcome.Reply);
            log.AddRange(reply.Log);
            (pages, replay.Ticks, replay.FinalHash) = (reply.Pages, reply.Ticks, reply.FinalHash);
            replay.Setup = BattleSetup.Parser.ParseFrom(reply.Setup);
        }

        replay.Log = ByteString.CopyFrom([.. log]);
        return replay;
    }

    private static BattleEntrant Entrant(long player, string name, int side, int health) => new(
        player, name, side, "ranger",
        new Stats { Health = health, Attack = 50, Defence = 0, Speed = 20 }.ToByteArray(), 1500, 200, 0.06);
}
