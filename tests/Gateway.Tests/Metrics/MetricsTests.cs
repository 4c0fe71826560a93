using System.Globalization;

namespace GameBackend.Gateway.Tests.Metrics;

/// <summary>What operators read, while something happens.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private Backend _backend = null!;

    public async Task InitializeAsync() => _backend = await Backend.Start();

    public Task DisposeAsync() => _backend.DisposeAsync().AsTask();

    [Fact]
    public async Task Mailbox_depth_counts_what_those_who_are_here_have_not_acknowledged_and_lag_what_was_delivered()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        await using var bob = await _backend.Play(Transport.WebSocket);
        await Acknowledge(ann);
        await Acknowledge(bob);
        await Becomes("mailbox_depth", 0);
        await Becomes("mailbox_attached", 2);
        var delivered = await Read("gateway_mailbox_lag_ms_count");

        for (var i = 0; i < 3; i++)
        {
            await bob.Ask<SendNoteRequest, SendNoteReply>(
                new SendNoteRequest { To = ann.Account.PlayerId, Text = $"{i}" });
            await ann.Next(push => push.Op == Opcodes.OfPush<Note>().Op);
        }

        await Becomes("mailbox_depth", 3);
        await Becomes("gateway_mailbox_unacknowledged", 3);
        await Becomes("gateway_mailbox_lag_ms_count", delivered + 3);
        await Acknowledge(ann);
        await Becomes("mailbox_depth", 0);
        await Becomes("gateway_mailbox_unacknowledged", 0);
        await bob.Ask(new LeaveRequest());
        await Becomes("mailbox_attached", 1);
    }

    [Fact]
    public async Task Lanes_show_their_items_and_who_listens()
    {
        await Becomes("gateway_lanes_subscribed", 4);
        await Becomes("lanes_subscriptions", 4);
        await Wait.Until(async () => await Read("lanes_received_total") > 0);
        // Read in this order, since more is published all the time.
        var received = await Read("lanes_received_total");
        Assert.True(await Read("lanes_published_total") >= received);
        Assert.True(await Read("gateway_lane_items_total") > 0);
        Assert.Equal(0, await Read("lanes_dropped_total"));
    }

    [Fact]
    public async Task The_matchmaker_shows_who_waits_and_what_comes_of_it()
    {
        await using var ann = await _backend.Play(Transport.Tcp);
        await using var bob = await _backend.Play(Transport.Kcp);
        await Queue(ann);
        await Becomes("match_waiting{mode=\"1v1\"}", 1);
        await Queue(bob);
        foreach (var client in new[] { ann, bob })
        {
            var started = await client.Told<ReadyCheckStarted>();
            await client.Ask<AnswerReadyRequest, AnswerReadyReply>(
                new AnswerReadyRequest { MatchId = started.MatchId, Ready = true });
        }

        foreach (var client in new[] { ann, bob })
            Assert.True((await client.Told<ReadyCheckEnded>()).IsOn);
        await Becomes("match_begun_total{mode=\"1v1\"}", 1);
        await Becomes("match_waiting{mode=\"1v1\"}", 0);
        await Becomes("battle_running", 1);
        await Wait.Until(async () => await Read("battle_lateness_ms_count") > 0);
        Assert.Equal(1, await Read("match_found_total{mode=\"1v1\"}"));
        Assert.Equal(2, await Read("match_waited_s_count"));
        Assert.True(await Read("match_round_time_ms_count") > 0);
    }

    private static Task Queue(RawClient client) => client.Ask<QueueMatchRequest, QueueMatchReply>(
        new QueueMatchRequest
        {
            Mode = "1v1",
            Latencies = { new RegionLatency { Region = "eu-west", Milliseconds = 15 } }
        });

    /// <summary>Everything that has come; the heartbeat takes it to the mailbox.</summary>
    private static async Task Acknowledge(RawClient client)
    {
        await client.Send(new ClientEnvelope { Ack = client.LastSeq });
        await client.Ask(new HeartbeatRequest());
    }

    private Task Becomes(string sample, double value) =>
        Wait.Until(async () => await Read(sample) == value, $"{sample} is {value.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A sample's value; zero if there is none.</summary>
    private async Task<double> Read(string sample)
    {
        var text = await _backend.Operators.GetStringAsync("/metrics");
        var line = text.Split('\n').FirstOrDefault(each => each.StartsWith($"{sample} ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(sample.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
