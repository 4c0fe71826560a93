using Google.Protobuf.Reflection;

namespace GameBackend.Protocol;

/// <summary>The opcodes of a set of proto files, checked against the rules of the contract.</summary>
public sealed class OpcodeTable
{
    private readonly Dictionary<uint, RequestOp> _requests = [];
    private readonly Dictionary<uint, PushOp> _pushes = [];
    private readonly Dictionary<MessageDescriptor, RequestOp> _requestsByMessage = [];
    private readonly Dictionary<MessageDescriptor, PushOp> _pushesByMessage = [];
    private readonly List<(FileDescriptor File, uint Block)> _features = [];

    private OpcodeTable()
    {
    }

    public IReadOnlyDictionary<uint, RequestOp> Requests => _requests;

    public IReadOnlyDictionary<uint, PushOp> Pushes => _pushes;

    public IReadOnlyList<(FileDescriptor File, uint Block)> Features => _features;

    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidOperationException">An opcode is missing, taken twice, or outside its block.</exception>
    public static OpcodeTable Load(params (FileDescriptor File, uint Block)[] features)
    {
        var table = new OpcodeTable();
        foreach (var (file, block) in features)
        {
            table._features.Add((file, block));
            foreach (var method in file.Services.SelectMany(service => service.Methods))
                table.AddRequest(method, block);
            foreach (var message in file.MessageTypes)
                table.AddPush(message, block);
        }
        return table;
    }

    public RequestOp Of(MessageDescriptor request) => _requestsByMessage.TryGetValue(request, out var op)
        ? op
        : throw new ArgumentException($"No method of the contract takes {request.FullName}.", nameof(request));

    public PushOp OfPush(MessageDescriptor push) => _pushesByMessage.TryGetValue(push, out var op)
        ? op
        : throw new ArgumentException($"{push.FullName} has no push opcode.", nameof(push));

    private void AddRequest(MethodDescriptor method, uint block)
    {
        var name = $"{method.Service.Name}.{method.Name}";
        var options = method.GetOptions();
        var op = options?.GetExtension(OptionsExtensions.Op) ?? 0;
        var effect = options?.GetExtension(OptionsExtensions.Effect) ?? Effect.Read;
        Check(op, name, block);
        var request = new RequestOp(op, name, effect, method.InputType, method.OutputType);
        _requests.Add(op, request);
        if (!_requestsByMessage.TryAdd(method.InputType, request))
        {
            throw new InvalidOperationException(
                $"{name} takes {method.InputType.Name}, which another method takes too.");
        }
    }

    private void AddPush(MessageDescriptor message, uint block)
    {
        var options = message.GetOptions();
        if (options is null || !options.HasExtension(OptionsExtensions.Push))
            return;
        var op = options.GetExtension(OptionsExtensions.Push);
        Check(op, message.Name, block);
        var push = new PushOp(op, message.Name, message);
        _pushes.Add(op, push);
        _pushesByMessage.Add(message, push);
    }

    private void Check(uint op, string name, uint block)
    {
        if (op == 0)
            throw new InvalidOperationException($"{name} has no opcode.");
        if (op < block || op >= block + Opcodes.BlockSize)
            throw new InvalidOperationException(
                $"{name} has opcode {op}, which is outside its block {block} to {block + Opcodes.BlockSize - 1}.");
        var holder = _requests.TryGetValue(op, out var request) ? request.Name
            : _pushes.TryGetValue(op, out var push) ? push.Name
            : null;
        if (holder is not null)
            throw new InvalidOperationException($"Opcode {op} is taken by {holder} and {name}.");
    }
}
