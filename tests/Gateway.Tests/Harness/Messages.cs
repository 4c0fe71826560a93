using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>How large a field of a message may be.</summary>
internal interface IFieldSizes
{
    /// <summary>Entries of a list.</summary>
    int Entries(FieldDescriptor field);

    /// <summary>A string, or one of a list of strings.</summary>
    string Text(FieldDescriptor field);

    int Bytes(FieldDescriptor field);
}

/// <summary>Messages of any kind, made by their descriptors.</summary>
internal static class Messages
{
    /// <summary>Fields that no message of the contract knows, one of each wire type.</summary>
    public static byte[] UnknownFields(int bytes)
    {
        using var buffer = new MemoryStream();
        using var output = new CodedOutputStream(buffer);
        output.WriteTag(18_000, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(new byte[bytes]));
        output.WriteTag(18_001, WireFormat.WireType.Varint);
        output.WriteUInt64(ulong.MaxValue);
        output.WriteTag(18_002, WireFormat.WireType.Fixed64);
        output.WriteFixed64(1);
        output.WriteTag(18_003, WireFormat.WireType.Fixed32);
        output.WriteFixed32(1);
        output.Flush();
        return buffer.ToArray();
    }

    /// <summary>A message with every field set, numbers to what takes most bytes.</summary>
    public static IMessage Filled(MessageDescriptor type, IFieldSizes sizes)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(field, sizes));
                continue;
            }

            var list = (IList)field.Accessor.GetValue(message);
            for (var i = sizes.Entries(field); i > 0; i--)
                list.Add(Value(field, sizes));
        }

        return message;
    }

    /// <summary>Adds unknown fields to a message and to every message in it.</summary>
    public static void Pollute(IMessage message, byte[] unknown)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldType != FieldType.Message)
                continue;
            var value = field.Accessor.GetValue(message);
            foreach (var part in field.IsRepeated ? (IEnumerable)value : new[] { value })
                Pollute((IMessage)part!, unknown);
        }

        message.MergeFrom(unknown);
    }

    private static object Value(FieldDescriptor field, IFieldSizes sizes) => field.FieldType switch
    {
        FieldType.Message => Filled(field.MessageType, sizes),
        FieldType.String => sizes.Text(field),
        FieldType.Bytes => ByteString.CopyFrom(new byte[sizes.Bytes(field)]),
        FieldType.Enum => field.EnumType.Values.Max(value => value.Number),
        FieldType.Bool => true,
        FieldType.UInt32 or FieldType.Fixed32 => uint.MaxValue,
        FieldType.UInt64 or FieldType.Fixed64 => ulong.MaxValue,
        FieldType.Int32 => -1,
        FieldType.SInt32 => int.MinValue,
        FieldType.Int64 => -1L,
        FieldType.SInt64 => long.MinValue,
        _ => throw new NotSupportedException($"{field.FullName} is a {field.FieldType}."),
    };
}
