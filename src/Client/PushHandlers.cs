using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client;

/// <summary>A message that the server has sent unasked.</summary>
/// <param name="Seq">Its place in the mailbox; 0 for one that need not last.</param>
/// <param name="Message">The decoded message; null if this version does not know the opcode.</param>
public sealed record Push(uint Op, ulong Seq, IMessage? Message, ByteString Body);

/// <summary>Who listens to which push.</summary>
internal sealed class PushHandlers(Action<Push> all, Action<Exception> onFailure)
{
    private readonly object _gate = new();
    private readonly Dictionary<uint, Action<IMessage>[]> _byOp = [];

    public IDisposable On<TPush>(Action<TPush> handler) where TPush : IMessage<TPush>
    {
        var op = Opcodes.OfPush<TPush>().Op;
        Action<IMessage> untyped = message => handler((TPush)message);
        lock (_gate)
            _byOp[op] = [.. Of(op), untyped];
        return new Registration(() =>
        {
            lock (_gate)
                _byOp[op] = [.. Of(op).Where(other => other != untyped)];
        });
    }

    /// <summary>Calls the handlers, one after the other. A failing one hinders no other.</summary>
    public void Handle(uint op, ulong seq, ByteString body)
    {
        var message = Opcodes.Pushes.TryGetValue(op, out var push) ? push.Message.Parser.ParseFrom(body) : null;
        Try(() => all(new Push(op, seq, message, body)));
        if (message is null)
            return;
        Action<IMessage>[] handlers;
        lock (_gate)
            handlers = Of(op);
        foreach (var handler in handlers)
            Try(() => handler(message));
    }

    private Action<IMessage>[] Of(uint op) => _byOp.TryGetValue(op, out var handlers) ? handlers : [];

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            onFailure(e);
        }
    }

    private sealed class Registration(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
