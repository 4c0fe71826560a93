using System.Collections;
using System.Text;
using GameBackend.Protocol;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Bots.Fuzz;

/// <summary>Requests with random, extreme, oversize and unknown content, by the descriptors of the contract.</summary>
/// <param name="players">Ids of players whom requests name at times.</param>
internal sealed class FuzzContent(Random random, IReadOnlyList<ulong> players)
{
    private static readonly RequestOp[] Ops = [.. Opcodes.Requests.Values.OrderBy(op => op.Op)];

    private static readonly string[] Texts =
    [
        "", " ", "x", "1v1", "gold", "gem", "food.berry", "potion.experience.small", "ranger", "3v3.rating",
        "\u0000", "\u200B", "\u202Eabc", "\uFFFD", "e\u0301", "\uD83D\uDE00", "a\nb", "'; --", "../../etc", "%s%n",
        "{\"a\":1}", new string('\u3042', 1000), new string('x', 200), new string('"', 500),
    ];

    private static readonly ulong[] Numbers =
        [0, 1, 2, 3, 10, 50, 99, 100, 255, int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue, 1UL << 63];

    public RequestOp Op() => Ops[random.Next(Ops.Length)];

    /// <summary>A message that parses, whatever its fields mean.</summary>
    public IMessage Message(MessageDescriptor type, int depth = 0)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (random.Next(8) == 0)
                continue;
            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(field, depth));
                continue;
            }

            var list = (IList)field.Accessor.GetValue(message);
            for (var i = random.Next(10) == 0 ? random.Next(60) : random.Next(4); i > 0; i--)
                list.Add(Value(field, depth));
        }

        if (random.Next(5) == 0)
            message.MergeFrom(Unknown(random.Next(20) == 0 ? random.Next(50_000) : random.Next(40)));
        return message;
    }

    /// <summary>Changes, inserts, removes or repeats some bytes.</summary>
    public byte[] Mutated(byte[] bytes)
    {
        var changed = bytes.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(changed.Count + 1);
            switch (random.Next(4))
            {
                case 0: changed.Insert(at, (byte)random.Next(256)); break;
                case 1 when at < changed.Count: changed.RemoveAt(at); break;
                case 2 when at < changed.Count: changed[at] ^= (byte)(1 << random.Next(8)); break;
                case 3: changed = changed[..at]; break;
            }
        }

        return changed.Count > 0 ? [.. changed] : [0xFF];
    }

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public string Text() => random.Next(3) > 0
        ? Texts[random.Next(Texts.Length)]
        : Encoding.UTF8.GetString(Bytes(random.Next(40)));

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message => depth < 6 ? Message(field.MessageType, depth + 1) : field.MessageType.Parser.ParseFrom([]),
        FieldType.String => random.Next(200) == 0 ? new string('y', random.Next(60_000)) : Text(),
        FieldType.Bytes => ByteString.CopyFrom(Bytes(random.Next(50) == 0 ? random.Next(40_000) : random.Next(80))),
        FieldType.Enum => random.Next(4) > 0 ? random.Next(8) : (int)Number(),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Number(),
        FieldType.UInt64 or FieldType.Fixed64 => random.Next(2) == 0 ? players[random.Next(players.Count)] : Number(),
        FieldType.Int32 or FieldType.SInt32 => (int)Number(),
        FieldType.Int64 or FieldType.SInt64 => (long)Number(),
        _ => throw new NotSupportedException($"{field.FullName} is a {field.FieldType}."),
    };

    private ulong Number() => random.Next(4) == 0 ? (ulong)random.NextInt64() : Numbers[random.Next(Numbers.Length)];

    private byte[] Unknown(int length)
    {
        using var buffer = new MemoryStream();
        using var output = new CodedOutputStream(buffer);
        output.WriteTag(random.Next(900, 20_000 - 1000), WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Bytes(length)));
        output.WriteTag(18_999, WireFormat.WireType.Varint);
        output.WriteUInt64(Number());
        output.Flush();
        return buffer.ToArray();
    }
}
