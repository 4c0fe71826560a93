using GameBackend.Game;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests.Battles;

[Collection(nameof(RedisGame))]
public sealed class BattlesOnRedisTests(RedisGame game) : BattleContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class BattlesOnEmbeddedStoreTests(EmbeddedGame game) : BattleContract(game);

/// <summary>Battles: who gets in, what is sent, what is saved, and that results count once.</summary>
public abstract class BattleContract(GameHost game)
{
    private static readonly Catalogue s_catalogue = TestCatalogue.Value;

    [Fact]
    public async Task A_battle_that_is_opened_again_is_the_same_one()
    {
        var player = await TestPlayer.Playing(game);
        var battle = await TestBattle.Open(game, player);
        var before = await battle.Stored();
        await battle.Grain.Open(TestBattle.Order(player, null, 77));
        Assert.Equal(before.Setup, (await battle.Stored()).Setup);
        await GameHost.Deactivate(battle.Grain);
        await Wait.UntilClear(async () =>
        {
            await battle.Grain.Open(TestBattle.Order(player, null, 77));
            return true;
        });
        Assert.Equal(before.Setup, (await battle.Stored()).Setup);
    }

    [Fact]
    public async Task Strangers_and_old_connections_are_refused()
    {
        var (player, stranger) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var battle = await TestBattle.Open(game, player);
        Assert.Equal(GameError.BattleNotIn, (await battle.TryJoin(stranger, battle.Id)).Error);
        Assert.Equal(GameError.BattleNotIn, (await battle.TryJoin(stranger)).Error);
        Assert.Equal(GameError.BattleNotIn, (await battle.Walk(stranger)).Error);
        Assert.Equal(GameError.BattleNotFound, (await battle.TryJoin(player, battle.Id + 1)).Error);

        await battle.Join(player);
        Assert.Equal((GameError.Ok, InputRefusal.None), Both(await battle.Walk(player)));
        await player.Login();
        await battle.Join(player);
        Assert.Equal(GameError.SessionReplaced, (await battle.Walk(player, epoch: player.Epoch - 1)).Error);
        Assert.Equal((GameError.Ok, InputRefusal.None), Both(await battle.Walk(player)));
    }

    [Fact]
    public async Task Inputs_leave_nothing_in_memory_and_larger_ones_are_refused()
    {
        const long LeftOver = 10_000_000;
        var player = await TestPlayer.Playing(game);
        var battle = await TestBattle.Open(game, player, health: 100_000);
        await battle.Join(player);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var inputs = Enumerable.Repeat(Input(40), 1000).ToArray();
        for (var i = 0; i < 200; i++)
            await Wait.UntilClear(() => battle.Grain.Submit(inputs));
        await Wait.Until(
            () => GC.GetTotalMemory(forceFullCollection: true) - before < LeftOver, "nothing of them is left");

        var answers = await Wait.UntilClear(() => battle.Grain.Submit([Input(58_000), Input(0)]));
        Assert.Equal([GameError.InvalidArgument, GameError.Ok], answers.Select(answer => answer.Error));

        PlayerInput Input(int unknown)
        {
            using var buffer = new MemoryStream();
            using var output = new CodedOutputStream(buffer);
            new BattleInput { Number = 1 }.WriteTo(output);
            output.WriteTag(1000, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(new byte[unknown]));
            output.Flush();
            return new PlayerInput(player.Id, player.Epoch, buffer.ToArray());
        }
    }

    [Fact]
    public async Task A_gateway_gets_one_message_a_tick_whoever_is_there()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var battle = await TestBattle.Open(game, ann, bob);
        await using var gateway = await LaneEar.Listen(game);
        var (first, second) = (await battle.Join(ann), await battle.Join(bob));
        Assert.Equal((0u, 1u), (first.Fighter, second.Fighter));
        Assert.Equal("here", first.Info.Region);
        await battle.Attend(gateway, ann, bob);
        await Wait.Until(() => gateway.Frames.Length >= 20, "snapshots come");
        var frames = gateway.Frames;
        Assert.All(frames, frame => Assert.Equal([0, 1], frame.Parts.Select(part => part.Group)));
        Assert.Equal(frames.Length, frames.Select(frame => frame.Parts[0].Tick).Distinct().Count());
        Assert.Contains(frames, frame =>
            frame.Parts[0].Tick == frame.Parts[0].BaseTick || frame.Parts[0].BaseTick == first.Baseline.Tick);
    }

    [Fact]
    public async Task A_gateway_that_falls_silent_is_not_told_any_more_and_its_players_are_dropped()
    {
        var player = await TestPlayer.Playing(game);
        var battle = await TestBattle.Open(game, player, health: 100_000);
        await using var gateway = await LaneEar.Listen(game);
        await battle.Join(player);
        await battle.Attend(gateway, player);
        await Wait.Until(() => gateway.Frames.Length > 0, "snapshots come");
        await using var watching = await LaneEar.Listen(game);
        await Wait.Until(
            async () =>
            {
                await battle.Attend(watching);
                return watching.Frames.SelectMany(frame => frame.Parts).Any(part => Steered(part, 0));
            },
            "the server steers the one who is gone", 30);
        var count = gateway.Frames.Length;
        var (rejoined, before) = (await battle.Join(player), watching.Frames.Length);
        await battle.Attend(watching);
        await Wait.Until(() => watching.Frames.Length > before + 5, "the battle goes on");
        Assert.Equal(count, gateway.Frames.Length);
        Assert.NotEmpty(rejoined.Baseline.Fighters);
    }

    [Fact]
    public async Task Who_watches_has_a_picture_at_once_and_is_behind_and_sees_all()
    {
        var (player, watcher) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var battle = await TestBattle.Open(game, player, health: 100_000);
        Assert.Equal(GameError.BattleNotIn, (await battle.Grain.Watch(player.Id)).Error);
        var early = await battle.Watch(watcher);
        Assert.Equal((1000u, null), (early.DelayMs, early.Baseline));
        Assert.InRange(early.StartsInMs, 1u, 1000u);
        await Wait.Until(async () => (await battle.Watch(watcher)).Baseline is not null, "it is old enough");
        var now = (await battle.Walk(player)).Tick;
        var picture = (await battle.Watch(watcher)).Baseline;
        Assert.Equal((picture.Tick, 2), (picture.BaseTick, picture.Fighters.Count));
        Assert.InRange(picture.Tick, Math.Max(now, 50) - 50, (await battle.Walk(player)).Tick - 20);

        await using var gateway = await LaneEar.Listen(game);
        var known = new HashSet<uint>();
        await Wait.Until(
            async () =>
            {
                if (known.Count == 0)
                    known.Add((await battle.Watch(watcher)).Baseline.Tick);
                await battle.Attend(gateway);
                return gateway.Frames.Any(frame => frame.Parts[0].Tick != frame.Parts[0].BaseTick);
            },
            "changes come, and not pictures alone");
        foreach (var part in gateway.Frames.Select(frame => frame.Parts.Single()))
        {
            Assert.Equal(BattlePart.Watchers, part.Group);
            Assert.True(part.Tick == part.BaseTick ? known.Add(part.Tick) : known.Contains(part.BaseTick));
        }

        var last = gateway.Frames[^1].Parts[0].Tick;
        now = (await battle.Walk(player)).Tick;
        Assert.True(now >= last + 20, $"seen {last} at {now}");
    }

    [Fact]
    public async Task A_battle_that_is_stopped_in_the_middle_goes_on_where_it_was()
    {
        var player = await TestPlayer.Playing(game);
        var battle = await TestBattle.Open(game, player, health: 300);
        await using var gateway = await LaneEar.Listen(game);
        await battle.Join(player);
        await battle.Attend(gateway, player);
        for (var stop = 0; stop < 3; stop++)
        {
            var tick = 0u;
            await Wait.Until(async () => (tick = (await battle.Walk(player)).Tick) > (stop + 1) * 15, "ticks go by");
            await GameHost.Deactivate(battle.Grain);
            await Wait.Until(() =>
                gateway.Frames.Any(frame => frame.Moving && frame.Life == (ulong)stop + 1), "it is told");
            var after = (await battle.Walk(player)).Tick;
            Assert.True(after >= tick, $"tick {after} after {tick}");
            await battle.Attend(gateway, player);
        }

        var record = await battle.UntilOver();
        Assert.True(record.Life >= 4);
        Assert.Equal("", ReplayVerifier.Verify(s_catalogue, await battle.Replay()).Why);
    }

    [Fact]
    public async Task A_battle_goes_on_by_the_rules_that_it_began_with_whatever_the_catalogue_says_now()
    {
        var player = await TestPlayer.Playing(game);
        var rules = BattleRules.Of(s_catalogue, "1v1");
        rules = rules with { Mode = rules.Mode with { Id = "gone", TimeLimitMs = 2000, RespawnMs = 1000 } };
        var battle = await TestBattle.Stored(game, player, record => record.Setup.Rules = rules.ToBytes());
        await battle.Walk(player);
        var over = await battle.UntilOver();
        Assert.Equal((BattleEndReason.Time, 40u), (over.Result.Reason, over.Ticks));
        Assert.Equal("", ReplayVerifier.Verify(s_catalogue, await battle.Replay()).Why);
        Assert.Equal(0, (await game.Client.GetGrain<IMembershipGrain>(player.Id).Get()).Battle);
    }

    [Fact]
    public async Task A_battle_that_cannot_be_gone_on_with_ends_undecided_and_lets_its_players_go()
    {
        var player = await TestPlayer.Playing(game);
        var battle = await TestBattle.Stored(game, player, record => record.Checkpoint = new BattleCheckpoint
        {
            Tick = 60,
            Hash = 1,
            State = ByteString.CopyFrom(1, 2, 3),
        });
        Assert.Equal(GameError.BattleOver, (await battle.TryJoin(player)).Error);
        Assert.Equal(BattleEndReason.Voided, (await battle.UntilOver()).Result.Reason);
        var entry = Assert.Single(await player.Pushes<BattleSettled>()).Entry;
        Assert.Equal((BattleEndReason.Voided, 0, 0L), (entry.Result.Reason, entry.RatingChange, entry.Gold));
        Assert.Equal(0, (await game.Client.GetGrain<IMembershipGrain>(player.Id).Get()).Battle);
        var side = game.Client.GetGrain<IPlayerBattles>(player.Id);
        Assert.Empty(GetRatingsReply.Parser.ParseFrom((await side.GetRatings(player.Next(), 0)).Reply).Ratings);
    }

    [Theory]
    [InlineData("append:{log}", Fault.Before)]
    [InlineData("append:{log}", Fault.After)]
    [InlineData("write:battle/{battle}", Fault.Before)]
    [InlineData("write:battle/{battle}", Fault.After)]
    [InlineData("write:player/{player}", Fault.Before)]
    [InlineData("write:player/{player}", Fault.After)]
    [InlineData("append:battles/{player}", Fault.Before)]
    [InlineData("append:battles/{player}", Fault.After)]
    public async Task A_result_counts_once_whatever_fails(string point, Fault fault)
    {
        var player = await TestPlayer.Playing(game);
        var battle = await TestBattle.Open(game, player, health: 1);
        await battle.Join(player);
        var armed = point.Replace("{log}", battle.Log).Replace("{battle}", $"{battle.Id}")
            .Replace("{player}", $"{player.Id}");
        for (var i = 0; i < (fault == Fault.Before ? 3 : 1); i++)
            game.Faults.Arm(armed, fault);
        var record = await battle.UntilOver();
        await Settled(player, battle, record);
        Assert.True(game.Faults.Dealt(armed));

        // Told again, as by a battle that has not heard the answer.
        var again = SettlementRules.Settle(
            s_catalogue.Modes["1v1"], record.Setup, record.Result, new Dictionary<ulong, Rating>(),
            record.EndedAtMs)[0];
        await Wait.UntilClear(async () =>
        {
            await game.Client.GetGrain<IPlayerBattles>(player.Id).Settle(again.ToByteArray());
            return true;
        });
        await Settled(player, battle, record);
    }

    [Fact]
    public async Task The_history_is_read_in_pages_however_long_it_is()
    {
        var player = await TestPlayer.Playing(game);
        var side = game.Client.GetGrain<IPlayerBattles>(player.Id);
        var sample = new BattleSettlement { PlayerId = (ulong)player.Id, Mode = "1v1", Outcome = BattleOutcome.Loss };
        sample.Result = new BattleResult { Mode = "1v1" };
        for (var i = 1ul; i <= 30; i++)
        {
            (sample.BattleId, sample.Result.BattleId) = (i, i);
            await side.Settle(sample.ToByteArray());
        }

        await GameHost.Deactivate(player.Session);
        var (seen, before) = (new List<ulong>(), 0ul);
        do
        {
            var outcome = await Wait.UntilClear(() => side.ReadBattleHistory(player.Next(), before, 7));
            var page = ReadBattleHistoryReply.Parser.ParseFrom(outcome.Reply);
            seen.AddRange(page.Entries.Select(entry => entry.Result.BattleId));
            before = page.NextBeforeSeq;
        }
        while (before != 0);
        Assert.Equal(Enumerable.Range(1, 30).Reverse().Select(i => (ulong)i), seen);
        Assert.Equal(GameError.PageInvalid, (await side.ReadBattleHistory(player.Next(), 0, 51)).Error);
    }

    [Fact]
    public async Task What_a_full_bag_cannot_take_is_in_the_letters()
    {
        var player = await TestPlayer.Playing(game);
        while ((await player.Profile.Buy(player.Next(), "sword.wooden", 1)).Error == GameError.Ok)
        {
        }

        var settlement = new BattleSettlement
        {
            BattleId = 5,
            PlayerId = (ulong)player.Id,
            Mode = "1v1",
            Outcome = BattleOutcome.Win,
            Experience = 1,
            Result = new BattleResult { BattleId = 5, Mode = "1v1" },
        };
        settlement.Items.Add(new RewardedItem { Item = "sword.wooden", Count = 40 });
        await game.Client.GetGrain<IPlayerBattles>(player.Id).Settle(settlement.ToByteArray());
        var letters = game.Client.GetGrain<IPlayerLetters>(player.Id);
        await Wait.Until(
            async () =>
            {
                var outcome = await letters.ListLetters(player.Next(), 0, 10);
                var list = ListLettersReply.Parser.ParseFrom(outcome.Reply);
                return list.Letters.SelectMany(letter => letter.Value?.Items ?? []).Sum(item => item.Count) > 0;
            },
            "the rest is in the letters");
    }

    private static (GameError, InputRefusal) Both(InputAnswer answer) => (answer.Error, answer.Refusal);

    private static bool Steered(BattlePart part, uint fighter) => BattleSnapshot.Parser.ParseFrom(part.Body).Fighters
        .Any(each => each.Fighter == fighter && (each.Status & 32) != 0);

    private static async Task Settled(TestPlayer player, TestBattle battle, BattleRecord record)
    {
        Assert.Equal("", ReplayVerifier.Verify(s_catalogue, await battle.Replay()).Why);
        Assert.Equal(1u, record.Result.Sides[1].Rank);
        var entry = Assert.Single(await player.Pushes<BattleSettled>()).Entry;
        Assert.Equal((ulong)battle.Id, entry.Result.BattleId);
        Assert.Equal(10_000 + 25, await player.Gold());
        var side = player.Game.Client.GetGrain<IPlayerBattles>(player.Id);
        var history = ReadBattleHistoryReply.Parser.ParseFrom(
            (await Wait.UntilClear(() => side.ReadBattleHistory(player.Next(), 0, 0))).Reply);
        Assert.Equal(entry, Assert.Single(history.Entries));
        var ratings = GetRatingsReply.Parser.ParseFrom((await side.GetRatings(player.Next(), 0)).Reply);
        Assert.Equal((1u, 0u), (ratings.Ratings[0].Battles, ratings.Ratings[0].Wins));
        Assert.Equal(0, (await player.Game.Client.GetGrain<IMembershipGrain>(player.Id).Get()).Battle);
    }
}

/// <summary>A battle and the death of its silo.</summary>
public sealed class BattleSiloKillTests : IAsyncLifetime
{
    private readonly RedisGame _game = new();

    public Task InitializeAsync() => _game.InitializeAsync();

    public Task DisposeAsync() => _game.DisposeAsync();

    [Fact]
    public async Task It_goes_on_elsewhere_within_five_seconds_with_at_most_two_lost_and_others_do_not_notice()
    {
        var players = new List<TestPlayer>();
        var battles = new List<TestBattle>();
        for (var i = 0; i < 8; i++)
        {
            players.Add(await TestPlayer.Playing(_game));
            battles.Add(await TestBattle.Open(_game, players[i], health: 100_000));
            await battles[i].Join(players[i]);
        }

        await Wait.Until(async () => (await battles[^1].Walk(players[^1])).Tick > 60, "ticks go by");
        var killed = (await _game.Whereabouts(battles[0].Grain))!;
        var moved = new List<bool>();
        foreach (var battle in battles)
            moved.Add(killed.Equals(await _game.Whereabouts(battle.Grain)));
        var lives = await Task.WhenAll(battles.Select(async battle => (await battle.Stored()).Life));
        var before = (await battles[0].Walk(players[0])).Tick;
        var at = MachineTime.Now;
        await _game.Cluster.KillSiloAsync(_game.SiloOf(killed));
        await using var gateway = await LaneEar.Listen(_game);
        await battles[0].Attend(gateway, players[0]);
        var tick = (await battles[0].Walk(players[0])).Tick;
        var seconds = (MachineTime.Now - at).TotalSeconds;
        Assert.True(seconds < 5, $"It took {seconds} s.");
        Assert.True(tick + 40 >= before, $"It went from tick {before} to {tick}.");
        await Wait.Until(() => gateway.Frames.Length > 10, "snapshots come again");
        for (var i = 0; i < battles.Count; i++)
        {
            await battles[i].Walk(players[i]);
            Assert.Equal(lives[i] + (moved[i] ? 1ul : 0), (await battles[i].Stored()).Life);
        }
    }
}
