using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Protocol;

/// <summary>
/// Every opcode of the client contract, read from the services and messages of the proto files. Loading fails if an
/// opcode is missing, taken twice, or outside the block of its feature.
/// </summary>
public static class Opcodes
{
    /// <summary>How many opcodes, and error codes, a feature has.</summary>
    public const uint BlockSize = 100;

    private static readonly OpcodeTable Table = OpcodeTable.Load(
        // One line a feature: its proto file and where its block of opcodes starts.
        (SystemReflection.Descriptor, 0),
        (MailboxReflection.Descriptor, 100),
        (PlayerReflection.Descriptor, 200),
        (BagReflection.Descriptor, 300),
        (PetReflection.Descriptor, 400),
        (EquipmentReflection.Descriptor, 500),
        (GuildReflection.Descriptor, 600),
        (TeamReflection.Descriptor, 700),
        (ChatReflection.Descriptor, 800),
        (FriendReflection.Descriptor, 900),
        (LetterReflection.Descriptor, 1000),
        (TradeReflection.Descriptor, 1100),
        (MatchReflection.Descriptor, 1200),
        (BattleReflection.Descriptor, 1300),
        (LeaderboardReflection.Descriptor, 1400));

    /// <summary>All requests, by opcode.</summary>
    public static IReadOnlyDictionary<uint, RequestOp> Requests => Table.Requests;

    /// <summary>All messages that the server sends unasked, by opcode.</summary>
    public static IReadOnlyDictionary<uint, PushOp> Pushes => Table.Pushes;

    /// <summary>The features' proto files and the first opcode of the block of each.</summary>
    public static IReadOnlyList<(FileDescriptor File, uint Block)> Features => Table.Features;

    /// <summary>The request that a message type stands for.</summary>
    /// <exception cref="ArgumentException">No method takes that message.</exception>
    public static RequestOp Of<TRequest>() where TRequest : IMessage<TRequest> => RequestOf<TRequest>.Op;

    /// <summary>The push that a message type stands for.</summary>
    /// <exception cref="ArgumentException">The message is no push.</exception>
    public static PushOp OfPush<TPush>() where TPush : IMessage<TPush> => PushOf<TPush>.Op;

    /// <inheritdoc cref="Of{TRequest}"/>
    public static RequestOp Of(MessageDescriptor request) => Table.Of(request);

    /// <inheritdoc cref="OfPush{TPush}"/>
    public static PushOp OfPush(MessageDescriptor push) => Table.OfPush(push);

    // Looked up once a type, so that a call costs a field read. Not in a static initialiser, which would hide the
    // ArgumentException of a wrong type in a TypeInitializationException.
    private static class RequestOf<TRequest> where TRequest : IMessage<TRequest>
    {
        private static RequestOp? s_op;

        public static RequestOp Op => s_op ??= Table.Of(Describe<TRequest>.Descriptor);
    }

    private static class PushOf<TPush> where TPush : IMessage<TPush>
    {
        private static PushOp? s_op;

        public static PushOp Op => s_op ??= Table.OfPush(Describe<TPush>.Descriptor);
    }

    private static class Describe<T> where T : IMessage<T>
    {
        public static MessageDescriptor Descriptor { get; } = Activator.CreateInstance<T>().Descriptor;
    }
}

/// <summary>A request of the client contract.</summary>
/// <param name="Op">Its opcode.</param>
/// <param name="Name">Service and method, such as <c>BagService.Move</c>.</param>
public sealed record RequestOp(
    uint Op,
    string Name,
    Effect Effect,
    MessageDescriptor Request,
    MessageDescriptor Reply);

/// <summary>A message that the server sends unasked.</summary>
public sealed record PushOp(uint Op, string Name, MessageDescriptor Message);
