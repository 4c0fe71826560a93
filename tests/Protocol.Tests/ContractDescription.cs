using Google.Protobuf.Reflection;

namespace GameBackend.Protocol.Tests;

/// <summary>
/// The client contract as lines of text: opcodes, pushes, enum values and message fields, each one line.
/// </summary>
internal static class ContractDescription
{
    public static IReadOnlyList<string> Lines() =>
    [
        .. Opcodes.Requests.Values.OrderBy(request => request.Op).Select(Describe),
        .. Opcodes.Pushes.Values.OrderBy(push => push.Op).Select(push => $"push {push.Op} {push.Name}"),
        .. Files().SelectMany(file => file.EnumTypes).SelectMany(DescribeEnum),
        .. Files().SelectMany(file => file.MessageTypes).SelectMany(DescribeMessage),
    ];

    private static IEnumerable<FileDescriptor> Files() => typeof(Opcodes).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => (FileDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
        .OrderBy(file => file.Name, StringComparer.Ordinal);

    private static string Describe(RequestOp request) =>
        $"request {request.Op} {request.Name} {request.Request.Name} {request.Reply.Name} {request.Effect}";

    private static IEnumerable<string> DescribeEnum(EnumDescriptor type) =>
        type.Values.Select(value => $"enum {type.Name} {value.Number} {value.Name}");

    private static IEnumerable<string> DescribeMessage(MessageDescriptor type) =>
    [
        $"message {type.Name}",
        .. type.Fields.InDeclarationOrder().Select(field =>
            $"field {type.Name} {field.FieldNumber} {field.Name} {TypeOf(field)}"),
        .. type.EnumTypes.SelectMany(DescribeEnum),
        .. type.NestedTypes.SelectMany(DescribeMessage),
    ];

    private static string TypeOf(FieldDescriptor field)
    {
        var name = field.FieldType switch
        {
            FieldType.Message => field.MessageType.Name,
            FieldType.Enum => field.EnumType.Name,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };
        return field.IsRepeated ? $"repeated {name}" : field.HasPresence ? $"optional {name}" : name;
    }
}
