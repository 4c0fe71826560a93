using Google.Protobuf;

namespace GameBackend.Protocol.Tests;

public sealed class FramingTests
{
    private static readonly ClientEnvelope[] Envelopes =
    [
        new() { Op = 1 },
        new() { Id = 7, Op = 10, Body = ByteString.CopyFrom(new byte[300]), Ack = ulong.MaxValue },
        new() { Id = uint.MaxValue, Op = 599, Body = ByteString.CopyFromUtf8("x") },
    ];

    [Fact]
    public void A_stream_split_at_any_byte_gives_the_same_envelopes()
    {
        var stream = Encode(Envelopes);
        for (var split = 0; split <= stream.Length; split++)
        {
            var decoder = new FrameDecoder();
            var read = new List<ClientEnvelope>();

            decoder.Append(stream.AsSpan(0, split));
            ReadAll(decoder, read);
            decoder.Append(stream.AsSpan(split));
            ReadAll(decoder, read);

            Assert.Equal(Envelopes, read);
            Assert.False(decoder.IsInsideFrame);
        }
    }

    [Fact]
    public void A_stream_of_single_bytes_gives_the_same_envelopes()
    {
        var decoder = new FrameDecoder();
        var read = new List<ClientEnvelope>();
        foreach (var octet in Encode(Envelopes))
        {
            decoder.GetMemory(1).Span[0] = octet;
            decoder.Advance(1);
            ReadAll(decoder, read);
        }
        Assert.Equal(Envelopes, read);
    }

    [Fact]
    public void Joined_frames_come_out_one_by_one()
    {
        var many = Enumerable.Range(1, 2000).Select(id => new ClientEnvelope { Id = (uint)id, Op = 10 }).ToArray();
        var decoder = new FrameDecoder();
        var read = new List<ClientEnvelope>();

        decoder.Append(Encode(many));
        ReadAll(decoder, read);

        Assert.Equal(many, read);
    }

    [Fact]
    public void A_cut_frame_is_told_from_a_clean_end()
    {
        var stream = Encode(Envelopes[..1]);
        var decoder = new FrameDecoder();
        Assert.False(decoder.IsInsideFrame);
        for (var length = 1; length < stream.Length; length++)
        {
            decoder.Append(stream.AsSpan(length - 1, 1));
            Assert.False(decoder.TryRead(out _));
            Assert.True(decoder.IsInsideFrame);
        }
    }

    [Fact]
    public void A_frame_of_the_largest_size_passes()
    {
        var decoder = new FrameDecoder();
        decoder.Append([0, 1, 0, 0]);
        Assert.False(decoder.TryRead(out _));
        decoder.Append(new byte[FrameLimits.MaxFrameBytes]);
        Assert.True(decoder.TryRead(out var frame));
        Assert.Equal(FrameLimits.MaxFrameBytes, frame.Length);
    }

    [Theory]
    [InlineData(0, 1, 0, 1)]
    [InlineData(0x7f, 0xff, 0xff, 0xff)]
    [InlineData(0x80, 0, 0, 0)]
    [InlineData(0xff, 0xff, 0xff, 0xff)]
    public void An_oversized_frame_is_refused_by_its_length_alone(byte a, byte b, byte c, byte d)
    {
        var decoder = new FrameDecoder();
        decoder.Append([a, b, c, d]);
        Assert.Throws<FrameException>(() => decoder.TryRead(out _));
    }

    [Fact]
    public void An_empty_frame_is_refused()
    {
        var decoder = new FrameDecoder();
        decoder.Append([0, 0, 0, 0]);
        Assert.Throws<FrameException>(() => decoder.TryRead(out _));
    }

    [Fact]
    public void An_oversized_or_empty_envelope_is_not_written()
    {
        var encoder = new FrameEncoder(maxFrameBytes: 16);
        encoder.Add(Envelopes[0]);
        var before = encoder.Written.ToArray();

        Assert.Throws<FrameException>(() => encoder.Add(Envelopes[1]));
        Assert.Throws<FrameException>(() => encoder.Add(new ClientEnvelope()));

        Assert.Equal(before, encoder.Written.ToArray());
    }

    private static byte[] Encode(IEnumerable<ClientEnvelope> envelopes)
    {
        var encoder = new FrameEncoder();
        foreach (var envelope in envelopes)
            encoder.Add(envelope);
        return encoder.Written.ToArray();
    }

    private static void ReadAll(FrameDecoder decoder, List<ClientEnvelope> into)
    {
        while (decoder.TryRead(out var frame))
            into.Add(ClientEnvelope.Parser.ParseFrom(frame.Span));
    }
}
