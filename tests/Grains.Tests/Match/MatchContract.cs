using System.Collections.Immutable;
using GameBackend.Grains.Interfaces;

namespace GameBackend.Grains.Tests.Match;

[Collection(nameof(RedisGame))]
public sealed class MatchesOnRedisTests(RedisGame game) : MatchContract(game);

[Collection(nameof(EmbeddedGame))]
public sealed class MatchesOnEmbeddedStoreTests(EmbeddedGame game) : MatchContract(game);

/// <summary>
/// The matchmaker, as players' grains, queues and memberships carry it out together. Each test leaves its queue empty,
/// or has one that no other uses.
/// </summary>
public abstract class MatchContract(GameHost game)
{
    [Fact]
    public async Task Two_who_queue_and_are_ready_have_a_battle_and_are_told()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await ann.Waits("1v1");
        await bob.Waits("1v1");
        var match = await MatchPlay.Asked(ann, bob);
        Assert.Equal(GameError.Ok, await ann.Answers(match, true));
        Assert.True((await ann.MatchStatus()).Ready);
        Assert.False((await bob.MatchStatus()).Ready);
        Assert.Equal(GameError.Ok, await bob.Answers(match, true));
        foreach (var player in new[] { ann, bob })
        {
            var ended = await player.Ended(match);
            Assert.Equal((true, (ulong)match, "eu-west"), (ended.IsOn, ended.BattleId, ended.Region));
            Assert.Equal((match, ""), ((await player.Groups()).Battle, (await player.Groups()).Queue));
            Assert.Equal((ulong)match, (await player.MatchStatus()).BattleId);
            Assert.Equal(GameError.MatchAlreadyQueued, (await player.Queue("1v1")).Error);
            Assert.Equal(GameError.Ok, await player.Answers(match, true));
        }

        var battle = await MatchPlay.Battle(game, match);
        Assert.Equal(("1v1", "eu-west"), (battle.Setup.Mode, battle.Region));
        Assert.Equal([0u, 1u], battle.Setup.Seats.Select(seat => seat.Side).Order());
        Assert.Equal(new[] { ann.Id, bob.Id }.Order(), battle.Setup.Seats.Select(seat => (long)seat.PlayerId).Order());
        Assert.All(battle.Ratings, rating => Assert.Equal((1500, 350), (rating.Value, rating.Deviation)));
        Assert.All(battle.Setup.Seats, seat =>
        {
            Assert.Equal($"p_{seat.PlayerId}", seat.Name);
            Assert.True(seat.Stats.Health > 0);
        });
        await ann.Free(match);
        Assert.Equal(0ul, (await ann.MatchStatus()).BattleId);
    }

    [Fact]
    public async Task Queueing_twice_is_refused_and_the_same_request_is_not_another_one()
    {
        var ann = await TestPlayer.Playing(game);
        var request = ann.Next();
        Assert.Equal(GameError.Ok, (await ann.Queue(request, "1v1", "us-east")).Error);
        Assert.Equal(GameError.Ok, (await ann.Queue(request, "1v1", "us-east")).Error);
        Assert.Equal(GameError.MatchAlreadyQueued, (await ann.Queue("1v1", "us-east")).Error);
        Assert.Equal(GameError.MatchAlreadyQueued, (await ann.Queue("ffa8", "asia-east")).Error);
        var cancel = ann.Next();
        Assert.Equal(GameError.Ok, (await ann.Match().CancelMatch(cancel)).Error);
        Assert.Equal(GameError.Ok, (await ann.Match().CancelMatch(cancel)).Error);
        Assert.Equal(0, (await ann.Groups()).Battle);
        // The client did not get the first answer and comes back later.
        Assert.Equal(GameError.MatchNotQueued, (await ann.Queue(request, "1v1", "us-east")).Error);
        Assert.Null((await ann.MatchStatus()).Status);
        await ann.Waits("1v1", "us-east");
        await ann.Match().CancelMatch(ann.Next());
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        var ann = await TestPlayer.Playing(game);
        Assert.Equal(GameError.MatchModeUnknown, (await ann.Queue("9v9")).Error);
        Assert.Equal(GameError.MatchRegionUnknown, (await ann.Queue("1v1", "moon")).Error);
        Assert.Equal(
            GameError.MatchRoleUnknown, (await ann.Match().QueueMatch(ann.Next(), "1v1", "king", [])).Error);
        Assert.Equal(GameError.MatchNoReadyCheck, await ann.Answers(42, true));
        Assert.Equal(GameError.Ok, (await ann.Match().CancelMatch(ann.Next())).Error);
        var old = ann.Next();
        await ann.Login();
        Assert.Equal(GameError.SessionReplaced, (await ann.Queue(old, "1v1")).Error);
        Assert.Equal(0, (await ann.Groups()).Battle);
    }

    [Fact]
    public async Task A_team_waits_whole_by_its_leader_and_stands_on_one_side()
    {
        var (team, _) = await MatchPlay.Team(game, 3);
        Assert.Equal(GameError.TeamNotLeader, (await team[1].Queue("3v3", "us-east")).Error);
        Assert.Equal(GameError.MatchTeamSize, (await team[0].Queue("1v1", "us-east")).Error);
        await team[0].Waits("3v3", "us-east");
        foreach (var mate in team[1..])
        {
            await Wait.Until(
                async () => (await mate.Pushes<MatchStatus>()).Any(push => push.Mode == "3v3"), "a mate is told");
            Assert.Equal("3v3", (await mate.MatchStatus()).Status.Mode);
        }

        var others = await MatchPlay.Players(game, 3);
        foreach (var other in others)
            await other.Waits("3v3", "us-east");
        var match = await MatchPlay.Asked([.. team, .. others]);
        foreach (var player in team.Concat(others))
            Assert.Equal(GameError.Ok, await player.Answers(match, true));
        await team[0].Ended(match);
        var seats = (await MatchPlay.Battle(game, match)).Setup.Seats;
        var sides = seats.ToLookup(seat => seat.Side, seat => (long)seat.PlayerId);
        Assert.Contains(sides, side => side.Order().SequenceEqual(team.Select(mate => mate.Id).Order()));
    }

    [Fact]
    public async Task A_team_with_somebody_who_waits_already_does_not_wait_and_nobody_of_it_is_claimed()
    {
        var (team, _) = await MatchPlay.Team(game, 2);
        await game.Client.GetGrain<IMembershipGrain>(team[1].Id).Claim(MembershipKind.Battle, 77);
        Assert.Equal(GameError.MatchAlreadyQueued, (await team[0].Queue("3v3", "asia-east")).Error);
        Assert.Equal((0, 77), ((await team[0].Groups()).Battle, (await team[1].Groups()).Battle));
        await team[1].Free(77);
        await team[0].Waits("3v3", "asia-east");
        await team[1].Match().CancelMatch(team[1].Next());
        Assert.Equal((0, 0), ((await team[0].Groups()).Battle, (await team[1].Groups()).Battle));
        await Wait.Until(
            async () => (await team[0].Pushes<MatchStatus>()).Any(push => push.Mode == ""), "the leader is told");
    }

    [Fact]
    public async Task Whoever_joins_or_leaves_the_team_or_logs_off_ends_its_waiting()
    {
        var (team, id) = await MatchPlay.Team(game, 2);
        await team[0].Waits("5v5", "asia-east");
        var third = await TestPlayer.Playing(game);
        await third.Joins(id);
        await team[0].WaitsNoMore();
        team = [.. team, third];
        await team[0].Waits("5v5", "asia-east");
        await game.Client.GetGrain<IPlayerTeam>(team[1].Id).LeaveTeam(team[1].Next(), id);
        await team[0].WaitsNoMore();
        await team[0].Waits("5v5", "asia-east");
        await team[2].Session.Leave(team[2].Epoch, 0);
        await team[0].WaitsNoMore();
        Assert.Null((await team[0].MatchStatus()).Status);
        await Wait.Until(async () =>
            (await team[0].Queue("5v5", "asia-east")).Error == GameError.Ok, "the leader is alone");
        await team[0].Session.Leave(team[0].Epoch, 0);
        await Wait.Until(async () => (await team[0].Groups()).Battle == 0, "the leader waits no more");
    }

    [Fact]
    public async Task Whoever_declines_is_out_for_a_while_and_the_other_waits_on_as_long_as_before()
    {
        var (ann, bob, cid) = (
            await TestPlayer.Playing(game), await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await ann.Waits("1v1", "asia-east");
        await MatchPlay.TimePasses(game, 40, ann, bob, cid);
        await bob.Waits("1v1", "asia-east");
        var match = await MatchPlay.Asked(ann, bob);
        Assert.Equal(GameError.MatchNotQueued, (await ann.Match().CancelMatch(ann.Next())).Error);
        Assert.Equal(GameError.Ok, await bob.Answers(match, false));
        var (told, out_) = (await ann.Ended(match), await bob.Ended(match));
        Assert.Equal((false, true, 0L), (told.IsOn, told.Waiting, told.PenaltyUntilMs));
        Assert.Equal((false, false), (out_.IsOn, out_.Waiting));
        Assert.InRange(out_.PenaltyUntilMs - game.World.Clock.GetUtcNow().ToUnixTimeMilliseconds(), 1000, 16_000);
        Assert.InRange((await ann.MatchStatus()).Status.WaitedSeconds, 40u, 60u);
        Assert.Equal(0, (await bob.Groups()).Battle);
        // Whatever it is that it wants to play, and wherever.
        foreach (var (mode, region) in new[] { ("1v1", "asia-east"), ("5v5", "asia-east"), ("1v1", "eu-west") })
        {
            var refused = await bob.Queue(mode, region);
            Assert.Equal(GameError.MatchPenalty, refused.Error);
            Assert.InRange(refused.RetryAfterMs, 1000u, 15_000u);
        }

        Assert.Equal(("", out_.PenaltyUntilMs),
            ((await bob.MatchStatus()).Status.Mode, (await bob.MatchStatus()).Status.PenaltyUntilMs));
        await cid.Waits("1v1", "asia-east");
        var next = await MatchPlay.Asked(ann, cid);
        await ann.Answers(next, true);
        await cid.Answers(next, true);
        Assert.True((await ann.Ended(next)).IsOn);
        await MatchPlay.TimePasses(game, 20, bob);
        Assert.Null((await bob.MatchStatus()).Status);
        await bob.Waits("1v1", "asia-east");
        await bob.Match().CancelMatch(bob.Next());
    }

    [Fact]
    public async Task Silence_is_a_no()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await ann.Waits("1v1", "us-east");
        await bob.Waits("1v1", "us-east");
        var match = await MatchPlay.Asked(ann, bob);
        await ann.Answers(match, true);
        await MatchPlay.TimePasses(game, 16, ann, bob);
        Assert.True((await ann.Ended(match)).Waiting);
        Assert.False((await bob.Ended(match)).Waiting);
        Assert.Equal(GameError.MatchNoReadyCheck, await bob.Answers(match, true));
        Assert.Equal(GameError.MatchPenalty, (await bob.Queue("1v1", "us-east")).Error);
        await ann.Match().CancelMatch(ann.Next());
    }

    [Fact]
    public async Task A_cancel_and_a_match_at_the_same_moment_leave_a_player_in_one_of_both()
    {
        for (var round = 0; round < 8; round++)
        {
            var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
            await ann.Waits("1v1");
            var queued = bob.Queue("1v1");
            await Task.Delay(Random.Shared.Next(60));
            var cancelled = (await ann.Match().CancelMatch(ann.Next())).Error;
            Assert.Equal(GameError.Ok, (await queued).Error);
            if (cancelled == GameError.Ok)
            {
                Assert.Equal(0, (await ann.Groups()).Battle);
                Assert.Equal("1v1", (await bob.MatchStatus()).Status.Mode);
                Assert.Empty(await ann.Pushes<ReadyCheckStarted>());
                await bob.Match().CancelMatch(bob.Next());
            }
            else
            {
                Assert.Equal(GameError.MatchNotQueued, cancelled);
                var match = await MatchPlay.Asked(ann, bob);
                await ann.Answers(match, false);
                Assert.True((await bob.Ended(match)).Waiting);
                await bob.Match().CancelMatch(bob.Next());
            }
        }
    }

    [Fact]
    public async Task A_queue_that_starts_anew_has_its_tickets_and_their_waiting_times()
    {
        var (team, _) = await MatchPlay.Team(game, 2);
        var cid = await TestPlayer.Playing(game);
        await team[0].Waits("5v5");
        await cid.Waits("5v5");
        await MatchPlay.TimePasses(game, 30, [.. team, cid]);
        await GameHost.Deactivate(game.Client.GetGrain<IMatchGrain>("5v5/europe"));
        foreach (var player in team.Append(cid))
        {
            var status = (await player.MatchStatus()).Status;
            Assert.Equal("5v5", status.Mode);
            Assert.InRange(status.WaitedSeconds, 30u, 40u);
        }

        Assert.Equal(GameError.MatchAlreadyQueued, (await cid.Queue("5v5")).Error);
        await team[1].Match().CancelMatch(team[1].Next());
        await cid.Match().CancelMatch(cid.Next());
        await GameHost.Deactivate(game.Client.GetGrain<IMatchGrain>("5v5/europe"));
        Assert.Null((await team[0].MatchStatus()).Status);
    }

    [Fact]
    public async Task A_ready_check_and_a_penalty_outlive_their_activation()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        var queue = game.Client.GetGrain<IMatchGrain>("1v1/america");
        await ann.Waits("1v1", "us-east");
        await bob.Waits("1v1", "us-east");
        var match = await MatchPlay.Asked(ann, bob);
        await ann.Answers(match, true);
        await GameHost.Deactivate(queue);
        Assert.True((await ann.MatchStatus()).Ready);
        await bob.Answers(match, false);
        await ann.Ended(match);
        await GameHost.Deactivate(queue);
        await GameHost.Deactivate(game.Client.GetGrain<IMembershipGrain>(bob.Id));
        await GameHost.Deactivate(bob.Session);
        Assert.Equal(GameError.MatchPenalty, (await Wait.UntilClear(() => bob.Queue("1v1", "us-east"))).Error);
        Assert.Single(await ann.Pushes<ReadyCheckStarted>());
        await ann.Match().CancelMatch(ann.Next());
    }

    [Fact]
    public async Task A_team_with_somebody_who_let_others_down_is_told_so_and_for_how_long()
    {
        var (team, _) = await MatchPlay.Team(game, 2);
        await game.Client.GetGrain<IMembershipGrain>(team[1].Id).Penalise(0, 41);
        var refused = await team[0].Queue("3v3", "asia-east");
        Assert.Equal(GameError.MatchMatePenalty, refused.Error);
        Assert.InRange(refused.RetryAfterMs, 1000u, 15_000u);
        Assert.Equal((0, 0), ((await team[0].Groups()).Battle, (await team[1].Groups()).Battle));
        await MatchPlay.TimePasses(game, 16, team);
        await team[0].Waits("3v3", "asia-east");
        await team[0].Match().CancelMatch(team[0].Next());
    }

    [Fact]
    public async Task A_penalty_that_comes_while_a_player_queues_elsewhere_is_not_evaded()
    {
        var ann = await TestPlayer.Playing(game);
        var membership = game.Client.GetGrain<IMembershipGrain>(ann.Id);
        await membership.Claim(MembershipKind.Battle, 40, "1v1/europe");
        // The queue decides by what is true when it claims the player, not by what was when the player asked.
        var until = await membership.Penalise(40, 41);
        var order = new TicketOrder(
            77, 0, [new MatchCard(ann.Id, 1500, 10, "ranger", 0)], ImmutableDictionary<string, int>.Empty);
        Assert.Equal(GameError.MatchPenalty, (await game.Client.GetGrain<IMatchGrain>("ffa8/asia").Queue(order)).Error);
        Assert.Equal(new Memberships(0, 0, 0, "", until), await ann.Groups());
    }

    [Fact]
    public async Task What_others_have_waited_outlives_the_activation()
    {
        var players = await MatchPlay.Players(game, 2);
        foreach (var player in players)
            await player.Waits("1v1", "asia-east");
        var match = await MatchPlay.Asked(players);
        foreach (var player in players)
            await player.Answers(match, true);
        await players[0].Ended(match);
        await GameHost.Deactivate(game.Client.GetGrain<IMatchGrain>("1v1/asia"));
        var cid = await TestPlayer.Playing(game);
        await cid.Waits("1v1", "asia-east");
        Assert.True((await cid.MatchStatus()).Status.HasEstimateSeconds);
        await cid.Match().CancelMatch(cid.Next());
    }

    [Fact]
    public async Task A_battle_that_is_asked_for_again_after_a_failure_is_one()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await ann.Waits("1v1", "us-east");
        await bob.Waits("1v1", "us-east");
        var match = await MatchPlay.Asked(ann, bob);
        await ann.Answers(match, true);
        game.Faults.Arm($"write:battle/{match}", Fault.Before);
        game.Faults.Arm($"write:battle/{match}", Fault.After);
        await bob.Answers(match, true);
        Assert.True((await ann.Ended(match)).IsOn);
        Assert.True(game.Faults.Dealt($"write:battle/{match}"));
        Assert.Equal(2, (await MatchPlay.Battle(game, match)).Setup.Seats.Count);
        Assert.Equal((match, match), ((await ann.Groups()).Battle, (await bob.Groups()).Battle));
    }

    [Theory]
    [InlineData("append:match/ffa8/america", Fault.Before)]
    [InlineData("append:match/ffa8/america", Fault.After)]
    [InlineData("write:membership/{ann}", Fault.Before)]
    [InlineData("write:membership/{ann}", Fault.After)]
    public async Task Queueing_that_was_cut_off_is_done_once_when_it_is_sent_again(string point, Fault fault)
    {
        var ann = await TestPlayer.Playing(game);
        await ann.MatchStatus();
        var armed = point.Replace("{ann}", $"{ann.Id}");
        game.Faults.Arm(armed, fault);
        var request = ann.Next();
        await Assert.ThrowsAnyAsync<Exception>(() => ann.Queue(request, "ffa8", "us-east"));
        Assert.True(game.Faults.Dealt(armed));
        var outcome = await Wait.UntilClear(() => ann.Queue(request, "ffa8", "us-east"));
        Assert.Equal(GameError.Ok, outcome.Error);
        Assert.Equal(1u, (await ann.MatchStatus()).Status.Place);
        Assert.Equal(GameError.Ok, (await ann.Match().CancelMatch(ann.Next())).Error);
        Assert.Null((await ann.MatchStatus()).Status);
    }

    [Fact]
    public async Task A_claim_that_a_crash_has_left_behind_keeps_nobody_from_queueing()
    {
        var ann = await TestPlayer.Playing(game);
        game.Faults.Arm("append:match/ffa8/asia", Fault.Before);
        await Assert.ThrowsAnyAsync<Exception>(() => ann.Queue("ffa8", "asia-east"));
        Assert.NotEqual(0, (await ann.Groups()).Battle);
        await ann.Waits("5v5", "us-east");
        Assert.Equal("5v5/america", (await ann.Groups()).Queue);
        await ann.Match().CancelMatch(ann.Next());
    }

    [Fact]
    public async Task Those_who_wait_are_told_how_it_goes()
    {
        var ear = await LaneEar.Listen(game);
        await using var _ = ear;
        var ann = await TestPlayer.Playing(game, ear.Name);
        await ann.Waits("ffa8");
        await Wait.Until(() =>
            ear.Items.Any(item => item.PlayerId == ann.Id && item.Op == Opcodes.OfPush<MatchStatus>().Op
            && MatchStatus.Parser.ParseFrom(item.Body) is { Place: 1, MissingPlayers: 7, RatingSpread: > 0 }),
                "she is told");
        await ann.Match().CancelMatch(ann.Next());
    }

    [Fact]
    public async Task Bots_take_the_empty_places_of_those_who_have_waited_long()
    {
        var (ann, bob) = (await TestPlayer.Playing(game), await TestPlayer.Playing(game));
        await ann.Waits("ffa8");
        await bob.Waits("ffa8");
        await MatchPlay.TimePasses(game, 91, ann, bob);
        var match = await MatchPlay.Asked(ann, bob);
        await ann.Answers(match, true);
        await bob.Answers(match, true);
        Assert.True((await ann.Ended(match)).IsOn);
        var seats = (await MatchPlay.Battle(game, match)).Setup.Seats;
        Assert.Equal(Enumerable.Range(0, 8), seats.Select(seat => (int)seat.Side).Order());
        Assert.Equal(6, seats.Count(seat => seat is { PlayerId: 0, Stats.Health: > 0 }));
    }
}
