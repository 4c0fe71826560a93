using GameBackend.Protocol.Kcp;

namespace GameBackend.Protocol.Tests.Kcp;

public sealed class KcpChannelTests
{
    [Fact]
    public void Messages_arrive_whole_once_and_in_order_over_any_network()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var pair = new LossyPair(
                seed, loss: random.NextDouble() * 0.4, doubled: random.NextDouble() * 0.3,
                delayMs: random.Next(150), jitterMs: random.Next(200));
            List<byte[]>[] sent = [[], []];
            var rounds = random.Next(20, 150);
            for (var round = 0; round < rounds; round++)
            {
                var from = random.Next(2);
                var message = Message(random, random.Next(12) == 0 ? random.Next(65_537) : random.Next(300));
                if (pair.Ends[from].Send(message))
                    sent[from].Add(message);
                for (var steps = random.Next(4); steps > 0; steps--)
                    pair.Step();
            }

            pair.Until(() => pair.Received[1].Count == sent[0].Count && pair.Received[0].Count == sent[1].Count);
            Assert.Equal(sent[0], pair.Received[1]);
            Assert.Equal(sent[1], pair.Received[0]);
            pair.Until(() => pair.Ends.All(end => end.Unacknowledged == 0 && end.DueAtMs == long.MaxValue));
        }
    }

    [Fact]
    public void An_idle_channel_sends_nothing()
    {
        var pair = new LossyPair(1);
        pair.Ends[0].Send(new byte[] { 1 });
        pair.Until(() => pair.Ends[0].Unacknowledged == 0);
        var datagrams = pair.Datagrams;
        for (var i = 0; i < 1_000; i++)
            pair.Step();
        Assert.Equal(datagrams, pair.Datagrams);
    }

    [Fact]
    public void Without_loss_nothing_is_sent_twice()
    {
        var pair = new LossyPair(1, delayMs: 50);
        for (var i = 0; i < 500; i++)
        {
            pair.Ends[0].Send(new byte[100]);
            pair.Step();
        }

        pair.Until(() => pair.Received[1].Count == 500);
        Assert.Equal(0, pair.Ends[0].Resent);
        Assert.InRange(pair.Ends[0].RoundTripMs, 95, 125);
    }

    [Fact]
    public void A_lost_segment_is_made_up_for_before_its_time_when_later_ones_arrive()
    {
        var pair = new LossyPair(1, KcpSettings.Default with { MinResendMs = 2_000 }, delayMs: 100);
        for (var i = 0; i < 50; i++)
        {
            pair.Ends[0].Send(new byte[10]);
            pair.Step();
        }

        pair.Until(() => pair.Received[1].Count == 50);
        var resent = pair.Ends[0].Resent;
        pair.Loss = 1;
        pair.Ends[0].Send("lost"u8);
        pair.Step();
        pair.Loss = 0;
        var sentAt = pair.NowMs;
        for (var i = 0; i < 10; i++)
        {
            pair.Ends[0].Send(new byte[10]);
            pair.Step();
        }

        pair.Until(() => pair.Received[1].Count == 61);
        // There, back with the news, and there again; by time alone it would be over 2 s.
        Assert.InRange(pair.NowMs - sentAt, 250, 350);
        Assert.Equal(resent + 1, pair.Ends[0].Resent);
    }

    [Fact]
    public void A_reader_that_stops_stops_the_sender_and_nothing_is_lost_when_it_goes_on()
    {
        var pair = new LossyPair(1, loss: 0.2);
        pair.Reads[1] = false;
        var sent = 0;
        for (var i = 0; i < 2_000; i++)
        {
            if (pair.Ends[0].Send(BitConverter.GetBytes(sent)))
                sent++;
            pair.Step();
        }

        Assert.False(pair.Ends[0].HasRoom);
        Assert.InRange(
            sent, KcpSettings.Default.Window, 2 * KcpSettings.Default.Window + KcpSettings.Default.MaxQueuedSegments);
        pair.Reads[1] = true;
        pair.Until(() => pair.Received[1].Count == sent, withinMs: 10_000);
        Assert.Equal(Enumerable.Range(0, sent), pair.Received[1].Select(message => BitConverter.ToInt32(message)));
    }

    [Fact]
    public void Numbers_may_wrap()
    {
        // By taking all numbers but few as used: only what happens at the edge is of interest.
        var pair = new LossyPair(3, loss: 0.1, jitterMs: 30);
        foreach (var end in pair.Ends)
            end.StartAt(uint.MaxValue - 200);
        for (var i = 0; i < 1_000; i++)
        {
            while (!pair.Ends[0].Send(BitConverter.GetBytes(i)))
                pair.Step();
        }

        pair.Until(() => pair.Received[1].Count == 1_000);
        Assert.Equal(Enumerable.Range(0, 1_000), pair.Received[1].Select(message => BitConverter.ToInt32(message)));
    }

    [Fact]
    public void A_network_that_is_gone_shows_as_a_stall()
    {
        var pair = new LossyPair(1) { Loss = 1 };
        Assert.Equal(0, pair.Ends[0].StalledMs(pair.NowMs));
        pair.Ends[0].Send(new byte[1]);
        for (var i = 0; i < 300; i++)
            pair.Step();
        Assert.InRange(pair.Ends[0].StalledMs(pair.NowMs), 2_900, 3_000);
        // The pauses grow: a dead network is not flooded.
        Assert.InRange(pair.Datagrams, 3, 8);
    }

    [Fact]
    public void A_message_over_the_limit_is_refused()
    {
        var channel = new KcpChannel(1, KcpSettings.Default);
        Assert.Throws<FrameException>(() => channel.Send(new byte[KcpSettings.Default.MaxMessageBytes + 1]));
        Assert.True(channel.Send(new byte[KcpSettings.Default.MaxMessageBytes]));
        Assert.True(KcpSettings.Default.MaxMessageBytes > FrameLimits.MaxFrameBytes);
    }

    private static byte[] Message(Random random, int bytes)
    {
        var message = new byte[bytes];
        random.NextBytes(message);
        return message;
    }
}
