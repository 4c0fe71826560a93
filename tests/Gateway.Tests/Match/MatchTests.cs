namespace GameBackend.Gateway.Tests.Match;

/// <summary>The matchmaker and leaderboards over a connection.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class MatchTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Two_clients_queue_are_ready_and_join_their_battle(Transport transport)
    {
        await using var ann = await _backend.Play(transport);
        await using var bob = await _backend.Play(transport);
        foreach (var client in new[] { ann, bob })
        {
            var queued = await client.Ask<QueueMatchRequest, QueueMatchReply>(
                new QueueMatchRequest
                {
                    Mode = "1v1",
                    Latencies = { new RegionLatency { Region = "eu-west", Milliseconds = 15 } }
                });
            Assert.Equal("1v1", queued.Status.Mode);
        }

        foreach (var client in new[] { ann, bob })
        {
            var started = await client.Told<ReadyCheckStarted>();
            Assert.Equal(2u, started.Players);
            await client.Ask<AnswerReadyRequest, AnswerReadyReply>(
                new AnswerReadyRequest { MatchId = started.MatchId, Ready = true });
        }

        foreach (var client in new[] { ann, bob })
        {
            var ended = await client.Told<ReadyCheckEnded>();
            Assert.True(ended.IsOn);
            var status = await client.Ask<GetMatchStatusRequest, GetMatchStatusReply>(new GetMatchStatusRequest());
            Assert.Equal(ended.BattleId, status.BattleId);
            var joined = await client.Ask<JoinBattleRequest, JoinBattleReply>(new JoinBattleRequest());
            Assert.Contains(joined.Info.Fighters, fighter => fighter.PlayerId == client.Account.PlayerId);
        }
    }

    [Fact]
    public async Task Whoever_comes_back_learns_of_the_ready_check_that_was_missed()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        var bob = await _backend.Play(Transport.Tcp);
        await Queue(bob, "us-east");
        bob.Reset();
        await Queue(ann, "us-east");
        var started = await ann.Told<ReadyCheckStarted>();
        await using var back = await bob.Account.Connect(Transport.Tcp);
        await back.Resume(bob);
        Assert.Equal(started.MatchId, (await back.Told<ReadyCheckStarted>()).MatchId);
        var status = await back.Ask<GetMatchStatusRequest, GetMatchStatusReply>(new GetMatchStatusRequest());
        Assert.Equal(started.MatchId, status.Check.MatchId);
        await back.Ask<AnswerReadyRequest, AnswerReadyReply>(new AnswerReadyRequest { MatchId = started.MatchId });
        Assert.True((await ann.Told<ReadyCheckEnded>()).Waiting);
        await ann.Ask<CancelMatchRequest, CancelMatchReply>(new CancelMatchRequest());
        // Who has let the other down is told how long it lasts.
        var refused = await back.Ask(new QueueMatchRequest { Mode = "ffa8" });
        Assert.Equal(GameError.MatchPenalty, refused.Error);
        Assert.InRange(refused.RetryAfterMs, 1u, 15_000u);
        status = await back.Ask<GetMatchStatusRequest, GetMatchStatusReply>(new GetMatchStatusRequest());
        Assert.True(status.Status is { Mode: "", PenaltyUntilMs: > 0 });
        await bob.DisposeAsync();
    }

    [Fact]
    public async Task Boards_are_read_and_unknown_ones_refused()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        var top = await ann.Ask<ReadLeaderboardRequest, LeaderboardReply>(
            new ReadLeaderboardRequest { Board = "rating.1v1" });
        Assert.Equal("rating.1v1", top.Board);
        Assert.True(top.SeasonEndsAtMs > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await ann.Ask<ReadAroundRequest, LeaderboardReply>(new ReadAroundRequest { Board = "rating.1v1" });
        await ann.Ask<ReadAmongFriendsRequest, LeaderboardReply>(new ReadAmongFriendsRequest { Board = "rating.1v1" });
        var refused = await ann.Ask(new ReadLeaderboardRequest { Board = "height" });
        Assert.Equal(GameError.BoardUnknown, refused.Error);
    }

    private static Task<QueueMatchReply> Queue(RawClient client, string region) =>
        client.Ask<QueueMatchRequest, QueueMatchReply>(
        new QueueMatchRequest
        {
            Mode = "1v1",
            Latencies = { new RegionLatency { Region = region, Milliseconds = 15 } }
        });
}
