using System.Buffers;
using Google.Protobuf;
using Orleans.Serialization;
using Orleans.Storage;

namespace GameBackend.Grains.Storage;

/// <summary>
/// Grain state as bytes. A protobuf message is stored as itself, so that its schema evolves by the rules of protobuf
/// and fields of a newer version survive an older one; any other type goes through Orleans' serializer. The first byte
/// tells which: it also keeps an empty message from being no bytes, which Redis storage takes for no record.
/// </summary>
public sealed class ProtobufGrainStorageSerializer(Serializer serializer) : IGrainStorageSerializer
{
    // These are on disk: they may only grow.
    private const byte ProtobufFormat = 1;
    private const byte OrleansFormat = 2;

    public BinaryData Serialize<T>(T? input)
    {
        if (input is IMessage message)
        {
            var bytes = new byte[1 + message.CalculateSize()];
            bytes[0] = ProtobufFormat;
            message.WriteTo(bytes.AsSpan(1));
            return new BinaryData(bytes);
        }

        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write([OrleansFormat]);
        serializer.Serialize(input, buffer);
        return new BinaryData(buffer.WrittenMemory);
    }

    /// <exception cref="InvalidDataException">The bytes are not a state of this type.</exception>
    public T Deserialize<T>(BinaryData input)
    {
        var bytes = input.ToMemory();
        var format = bytes.IsEmpty ? (byte)0 : bytes.Span[0];
        if (format == ProtobufFormat && typeof(IMessage).IsAssignableFrom(typeof(T)))
            return (T)ProtobufMessages.Parse(typeof(T), bytes.Span[1..]);
        if (format == OrleansFormat && serializer.Deserialize<T>(bytes[1..]) is { } state)
            return state;
        throw new InvalidDataException($"A stored state of format {format} cannot be read as {typeof(T)}.");
    }
}
