using System.Buffers.Binary;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Protocol.Tests.Kcp;

/// <summary>The other end sends what it likes.</summary>
public sealed class KcpHostileTests
{
    private const byte Push = 81, Ack = 82, AskWindow = 83;
    private static readonly byte[] Scratch = new byte[KcpDatagram.MaxPayloadBytes];

    [Fact]
    public void Random_bytes_never_throw_and_are_refused()
    {
        var random = new Random(1);
        var channel = Busy();
        var refused = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            // Half of them have the right conversation, so that they get further.
            if (bytes.Length > 4 && random.Next(2) == 0)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, LossyPair.Conversation);
            refused += channel.Input(bytes, i) ? 0 : 1;
        }

        Assert.InRange(refused, 199_000, 200_000);
    }

    [Fact]
    public void Segments_in_good_form_with_any_content_never_throw_and_grow_nothing()
    {
        var random = new Random(2);
        var channels = Enumerable.Range(0, 20).Select(_ => Busy()).ToArray();
        var answered = 0;
        for (var i = 0; i < 300_000; i++)
        {
            var channel = channels[random.Next(channels.Length)];
            channel.Input(Any(random), i);
            while (channel.HasMessage && random.Next(3) == 0)
                channel.Receive(new byte[channel.NextMessageBytes]);
            if (random.Next(50) == 0)
                channel.Flush(i, Scratch, segments => answered += segments.Length);
        }

        Assert.True(answered > 0);
        Assert.All(channels, channel => Assert.InRange(channel.Unacknowledged, 0, 20));
    }

    [Fact]
    public void Memory_stays_within_the_window_whatever_is_sent_and_not_read()
    {
        var channel = new KcpChannel(LossyPair.Conversation, KcpSettings.Default);
        var body = new byte[1_000];
        for (uint number = 0; number < 100_000; number++)
        {
            Assert.True(channel.Input(Segment(Push, number, body: body), 1));
            // Also far ahead.
            Assert.True(channel.Input(Segment(Push, number + 1_000_000, body: body), 1));
        }

        var messages = 0;
        for (; channel.HasMessage; messages++)
            channel.Receive(body);
        Assert.Equal(KcpSettings.Default.Window, messages);
        var acknowledgements = 0;
        channel.Flush(1, Scratch, segments => acknowledgements += segments.Length / 24);
        Assert.InRange(acknowledgements, KcpSettings.Default.Window, 2 * KcpSettings.Default.Window + 1);
    }

    [Fact]
    public void A_segment_of_another_conversation_is_refused() =>
        Assert.False(Busy().Input(Segment(Push, 0, conversation: 7), 1));

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(100u)]
    [InlineData(0x80000000u)]
    public void A_length_beyond_the_datagram_is_refused(uint length)
    {
        var segment = Segment(Push, 0, body: new byte[10]);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(20), length);
        Assert.False(Busy().Input(segment, 1));
    }

    [Fact]
    public void Acknowledging_what_was_never_sent_is_refused_or_means_nothing()
    {
        Assert.False(Busy().Input(Segment(AskWindow, 0, unacknowledged: 500), 1));
        var channel = Busy();
        var before = channel.Unacknowledged;
        Assert.True(channel.Input(Segment(Ack, 500), 1));
        Assert.True(channel.Input(Segment(Ack, uint.MaxValue), 1));
        Assert.Equal(before, channel.Unacknowledged);
    }

    [Fact]
    public void A_claimed_window_does_not_widen_ones_own()
    {
        var channel = new KcpChannel(LossyPair.Conversation, KcpSettings.Default);
        Assert.True(channel.Input(Segment(AskWindow, 0, window: ushort.MaxValue), 1));
        var sent = 0;
        for (var i = 0; i < 10; i++)
        {
            channel.Send(new byte[60_000]);
            channel.Flush(1, Scratch, segments => sent += segments.Length);
        }

        Assert.InRange(sent, 100_000, KcpSettings.Default.Window * KcpDatagram.MaxPayloadBytes);
    }

    [Fact]
    public void A_message_of_too_many_parts_is_refused() =>
        Assert.False(Busy().Input(Segment(Push, 0, fragment: 64), 1));

    [Fact]
    public void Parts_that_do_not_count_down_are_refused()
    {
        var channel = Busy();
        Assert.True(channel.Input(Segment(Push, 0, fragment: 3), 1));
        Assert.False(channel.Input(Segment(Push, 1, fragment: 3), 1));
    }

    [Fact]
    public void A_closed_window_is_asked_for_seldom()
    {
        var channel = new KcpChannel(LossyPair.Conversation, KcpSettings.Default);
        Assert.True(channel.Input(Segment(AskWindow, 0, window: 0), 1));
        channel.Send(new byte[10]);
        var asked = 0;
        for (var now = 0; now < 60_000; now += 10)
            channel.Flush(now, Scratch, _ => asked++);
        Assert.InRange(asked, 10, 25);
    }

    private static KcpChannel Busy()
    {
        var channel = new KcpChannel(LossyPair.Conversation, KcpSettings.Default);
        for (var i = 0; i < 20; i++)
            channel.Send(new byte[20]);
        channel.Flush(0, Scratch, _ => { });
        return channel;
    }

    private static byte[] Any(Random random) => Segment(
        (byte)random.Next(80, 86),
        random.Next(4) == 0 ? (uint)random.NextInt64() : (uint)random.Next(300),
        (byte)random.Next(random.Next(10) == 0 ? 256 : 3),
        random.Next(6) == 0 ? (uint)random.NextInt64() : (uint)random.Next(22),
        (ushort)random.Next(ushort.MaxValue),
        body: new byte[random.Next(100)],
        time: (uint)random.NextInt64());

    private static byte[] Segment(
        byte command, uint number, byte fragment = 0, uint unacknowledged = 0, ushort window = 128,
        uint conversation = LossyPair.Conversation, byte[]? body = null, uint time = 0)
    {
        body ??= [];
        var segment = new byte[24 + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, conversation);
        (segment[4], segment[5]) = (command, fragment);
        BinaryPrimitives.WriteUInt16LittleEndian(segment.AsSpan(6), window);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(8), time);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(12), number);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(16), unacknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(20), (uint)body.Length);
        body.CopyTo(segment, 24);
        return segment;
    }
}
