using System.Text;
using GameBackend.Gateway.Transports;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Transports;

public sealed class EnvelopeCodecTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void What_a_client_encodes_is_read_as_it_was_meant()
    {
        var random = new Random(1);
        for (var i = 0; i < Rounds; i++)
        {
            var envelope = new ClientEnvelope
            {
                Id = Number(random),
                Op = Number(random),
                Body = ByteString.CopyFrom(Bytes(random, 300)),
                Ack = Long(random),
                TraceParent = random.Next(2) == 0 ? "" : $"00-{Guid.NewGuid():N}-0123456789abcdef-01",
            };
            AssertSame(envelope, EnvelopeCodec.Read(envelope.ToByteArray()));
        }
    }

    [Fact]
    public void Unknown_fields_and_repeated_ones_are_read_as_the_generated_classes_do()
    {
        var random = new Random(2);
        for (var i = 0; i < Rounds; i++)
        {
            using var bytes = new MemoryStream();
            using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            {
                for (var fields = random.Next(8); fields > 0; fields--)
                    WriteSomeField(output, random);
            }

            Assert.Equal(Parses(bytes.ToArray()), AssertReadAlike(bytes.ToArray()));
        }
    }

    [Fact]
    public void Random_bytes_are_read_alike_or_refused()
    {
        var random = new Random(3);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 10 * Rounds; i++)
        {
            if (AssertReadAlike(Bytes(random, 24)))
                read++;
            else
                refused++;
        }

        Assert.True(read > Rounds / 10 && refused > Rounds, $"read {read}, refused {refused}");
    }

    [Fact]
    public void An_envelope_that_is_cut_off_inside_a_field_is_refused()
    {
        var whole = new ClientEnvelope { Body = ByteString.CopyFromUtf8("a body") }.ToByteArray();
        for (var length = 1; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Throws<ProtocolViolationException>(() => { EnvelopeCodec.Read(cut); });
        }
    }

    [Fact]
    public void What_the_server_encodes_is_what_the_generated_classes_encode()
    {
        var random = new Random(4);
        for (var i = 0; i < Rounds; i++)
        {
            var envelope = new ServerEnvelope
            {
                Id = Number(random),
                Op = Number(random),
                Body = ByteString.CopyFrom(Bytes(random, 300)),
                Seq = Long(random),
                Error = (GameError)(random.Next(2) * random.Next(600)),
                RetryAfterMs = Number(random),
                FaultId = Long(random),
            };
            var frame = new ServerFrame(
                envelope.Id, envelope.Op, envelope.Body.Memory, envelope.Seq, envelope.Error, envelope.RetryAfterMs,
                envelope.FaultId);
            var bytes = new byte[EnvelopeCodec.Size(frame)];
            EnvelopeCodec.Write(frame, bytes);
            Assert.Equal(envelope.ToByteArray(), bytes);
        }
    }

    private static bool Parses(byte[] bytes)
    {
        try
        {
            return ClientEnvelope.Parser.ParseFrom(bytes) is not null;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    /// <summary>Asserts that the generated class reads the same, where the codec reads anything.</summary>
    /// <returns>Whether the codec reads it.</returns>
    private static bool AssertReadAlike(byte[] bytes)
    {
        try
        {
            var frame = EnvelopeCodec.Read(bytes);
            AssertSame(ClientEnvelope.Parser.ParseFrom(bytes), frame);
            return true;
        }
        catch (ProtocolViolationException)
        {
            return false;
        }
    }

    private static void AssertSame(ClientEnvelope expected, ClientFrame frame)
    {
        Assert.Equal(expected.Id, frame.Id);
        Assert.Equal(expected.Op, frame.Op);
        Assert.Equal(expected.Ack, frame.Ack);
        Assert.True(expected.Body.Span.SequenceEqual(frame.Body));
        Assert.Equal(expected.TraceParent, Encoding.UTF8.GetString(frame.TraceParent));
    }

    private static void WriteSomeField(CodedOutputStream output, Random random)
    {
        // Known fields with a wire type that is not theirs are unknown ones.
        var field = random.Next(3) == 0 ? random.Next(1, 1 << 29) : random.Next(1, 8);
        switch (random.Next(4))
        {
            case 0:
                output.WriteTag(field, WireFormat.WireType.Varint);
                output.WriteUInt64(Long(random));
                break;
            case 1:
                output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(Bytes(random, 20)));
                break;
            case 2:
                output.WriteTag(field, WireFormat.WireType.Fixed32);
                output.WriteFixed32(Number(random));
                break;
            default:
                output.WriteTag(field, WireFormat.WireType.Fixed64);
                output.WriteFixed64(Long(random));
                break;
        }
    }

    private static byte[] Bytes(Random random, int max)
    {
        var bytes = new byte[random.Next(max)];
        random.NextBytes(bytes);
        return bytes;
    }

    // Of every length that a number may have on the wire, and often 0.
    private static ulong Long(Random random) =>
        random.Next(4) == 0 ? 0 : (ulong)random.NextInt64() * 2 >> random.Next(64);

    private static uint Number(Random random) => (uint)(Long(random) >> 32);
}
