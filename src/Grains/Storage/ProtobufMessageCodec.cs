using System.Buffers;
using Google.Protobuf;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Lets Orleans carry protobuf messages. A grain whose state is one needs it to move to another silo with its state in
/// memory. On the wire: the type, then the message's own bytes.
/// </summary>
public sealed class ProtobufMessageCodec : IGeneralizedCodec, IGeneralizedCopier, ITypeFilter
{
    public bool IsSupportedType(Type type) => ProtobufMessages.IsMessage(type);

    public bool? IsTypeAllowed(Type type) => ProtobufMessages.IsMessage(type) ? true : null;

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, object? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value))
            return;
        // The base type as the expected one makes Orleans write the actual one always, for the reader has nothing else.
        writer.WriteFieldHeader(fieldIdDelta, typeof(IMessage), value!.GetType(), WireType.LengthPrefixed);
        var bytes = ((IMessage)value).ToByteArray();
        writer.WriteVarUInt32((uint)bytes.Length);
        writer.Write(bytes);
    }

    public object? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference)
            return ReferenceCodec.ReadReference(ref reader, field.FieldType);
        field.EnsureWireType(WireType.LengthPrefixed);
        var message = ProtobufMessages.Parse(field.FieldType!, reader.ReadBytes(reader.ReadVarUInt32()));
        ReferenceCodec.RecordObject(reader.Session, message);
        return message;
    }

    public object DeepCopy(object? input, CopyContext context)
    {
        if (context.TryGetCopy<object>(input, out var known))
            return known!;
        var copy = ProtobufMessages.Parse(input!.GetType(), ((IMessage)input).ToByteArray());
        context.RecordCopy(input, copy);
        return copy;
    }
}
