using System.Collections.Concurrent;
using Google.Protobuf;

namespace GameBackend.Grains.Storage;

/// <summary>Protobuf messages by their runtime type.</summary>
internal static class ProtobufMessages
{
    private static readonly ConcurrentDictionary<Type, MessageParser> Parsers = new();

    public static bool IsMessage(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IMessage));

    public static IMessage Parse(Type type, ReadOnlySpan<byte> bytes) =>
        Parsers.GetOrAdd(type, MakeParser).ParseFrom(bytes);

    private static MessageParser MakeParser(Type type) => ((IMessage)Activator.CreateInstance(type)!).Descriptor.Parser;
}
