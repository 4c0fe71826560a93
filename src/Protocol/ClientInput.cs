using Google.Protobuf;

namespace GameBackend.Protocol;

/// <summary>
/// Parses what clients send. Fields that this version does not know are dropped at every depth: what a client sends is
/// stored and passed on in known fields alone. State and messages of servers are not parsed by this: they keep the
/// fields of newer versions.
/// </summary>
public static class ClientInput
{
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> bytes) where T : class, IMessage<T>, new() =>
        ParserOf<T>.Instance.ParseFrom(bytes);

    private static class ParserOf<T> where T : class, IMessage<T>, new()
    {
        public static readonly MessageParser<T> Instance =
            new MessageParser<T>(() => new T()).WithDiscardUnknownFields(true);
    }
}
