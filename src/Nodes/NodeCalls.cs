using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Nodes;

/// <summary>
/// Calls between nodes, typed by protobuf services. Each ends: with the reply, or with a <see cref="NodeException"/>
/// that says why not. A node that dies or stops ends the calls that are under way there at once, or with its lease.
/// </summary>
public sealed partial class NodeCalls
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Handler> _handlers = [];
    private readonly ConcurrentDictionary<(Guid Caller, ulong Id), CancellationTokenSource> _running = [];
    private readonly NodeDirectory _directory;
    private readonly NodeBus _bus;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeCalls> _logger;

    internal NodeCalls(
        NodeDirectory directory, NodeBus bus, IOptions<NodeOptions> options, TimeProvider time,
        ILogger<NodeCalls> logger)
    {
        (_directory, _bus, _options, _time, _logger) = (directory, bus, options.Value, time, logger);
        _bus.PacketCame += Take;
    }

    private delegate Task<IMessage> Handler(NodeSender caller, ByteString request, CancellationToken cancellation);

    /// <summary>Calls that wait for an answer.</summary>
    public int Waiting => _bus.Answers.Count;

    /// <summary>Answers a method of a service: the one that takes this request. One handler a method.</summary>
    /// <exception cref="ArgumentException">The service has no such method.</exception>
    public void Serve<TRequest, TReply>(
        ServiceDescriptor service, Func<NodeSender, TRequest, CancellationToken, Task<TReply>> handler)
        where TRequest : IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        var parser = new MessageParser<TRequest>(() => new TRequest());
        var method = Method(service, new TRequest().Descriptor, new TReply().Descriptor);
        if (!_handlers.TryAdd(method, async (caller, request, cancellation) =>
            await handler(caller, parser.ParseFrom(request), cancellation)))
            throw new ArgumentException($"{method} has a handler already.", nameof(handler));
    }

    /// <summary>Whether any method of a service is answered here.</summary>
    /// <param name="service">Its full name.</param>
    public bool Serves(string service) =>
        _handlers.Keys.Any(method => method.StartsWith($"{service}/", StringComparison.Ordinal));

    /// <summary>Calls a node, in this zone or another.</summary>
    /// <param name="timeout">Until the reply must be here; 5 s by default.</param>
    /// <exception cref="NodeException">It has no reply; see <see cref="NodeError"/>.</exception>
    public async Task<TReply> Call<TReply>(
        NodeAddress to, ServiceDescriptor service, IMessage request, TimeSpan? timeout = null,
        CancellationToken cancellation = default)
        where TReply : IMessage<TReply>, new()
    {
        var reply = new TReply();
        var method = Method(service, request.Descriptor, reply.Descriptor);
        var within = timeout ?? DefaultTimeout;
        if (cancellation.IsCancellationRequested)
            throw new NodeException(NodeError.Cancelled, $"{method} was cancelled.");
        if (Waiting >= _options.MaxCalls)
            throw new NodeException(NodeError.NoRoute, $"{_options.MaxCalls} calls are waiting already.");

        var pending = _bus.Answers.Begin();
        try
        {
            using var deadline = new CancellationTokenSource(within, _time);
            pending.Hop = await _bus.Send(to, null, new NodePacket
            {
                Call = new NodeCall
                {
                    Id = pending.Id,
                    Method = method,
                    Body = request.ToByteString(),
                    TimeoutMs = (uint)within.TotalMilliseconds,
                },
            });
            // It may have gone between the look-up and this line.
            if (!_directory.IsActive(pending.Hop))
                throw new NodeException(NodeError.NodeGone, $"The node {to} has gone.");
            using var late =
                deadline.Token.Register(() => GiveUp(pending, to, NodeError.Timeout, $"{method} took too long."));
            using var cancelled = cancellation.Register(
                () => GiveUp(pending, to, NodeError.Cancelled, $"{method} was cancelled."));
            reply.MergeFrom(await pending.Answer);
            return reply;
        }
        finally
        {
            _bus.Answers.End(pending);
        }
    }

    /// <summary>
    /// Waits for handlers that are at work, for a while; then they are cancelled, and not waited for.
    /// </summary>
    internal async Task Finish(CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        while (!_running.IsEmpty && _time.GetElapsedTime(begin) < _options.StopWithin)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellationToken);
        foreach (var (_, running) in _running)
            await running.CancelAsync();
        if (!_running.IsEmpty)
            LogStuck(_running.Count);
    }

    private static string Method(ServiceDescriptor service, MessageDescriptor request, MessageDescriptor reply)
    {
        var method = service.Methods.FirstOrDefault(each => each.InputType == request)
            ?? throw new ArgumentException($"{service.FullName} has no method that takes {request.FullName}.");
        return method.OutputType == reply
            ? $"{service.FullName}/{method.Name}"
            : throw new ArgumentException(
                $"{method.FullName} answers {method.OutputType.FullName}, not {reply.FullName}.");
    }

    private void Take(NodePacket packet)
    {
        if (packet.ToAddress != _directory.Mine.Address.Value)
            return;
        var caller = new NodeSender(new Guid(packet.From.Span), NodeAddress.FromValue(packet.FromAddress));
        switch (packet.WhatCase)
        {
            case NodePacket.WhatOneofCase.Call:
                _ = Handle(caller, packet.Call);
                break;
            case NodePacket.WhatOneofCase.Cancel:
                if (_running.TryGetValue((caller.Uuid, packet.Cancel.Id), out var running))
                    running.Cancel();
                break;
        }
    }

    private async Task Handle(NodeSender caller, NodeCall call)
    {
        using var running = new CancellationTokenSource(TimeSpan.FromMilliseconds(call.TimeoutMs), _time);
        if (!_running.TryAdd((caller.Uuid, call.Id), running))
            return;
        var answer = new NodeAnswer { Id = call.Id };
        try
        {
            if (_handlers.TryGetValue(call.Method, out var handler))
                answer.Body = (await handler(caller, call.Body, running.Token)).ToByteString();
            else
                (answer.Error, answer.Detail) = (NodeError.UnknownMethod, $"{call.Method} has no handler here.");
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            (answer.Error, answer.Detail) = (NodeError.Cancelled, $"{call.Method} was cancelled.");
        }
        catch (ArgumentException e)
        {
            (answer.Error, answer.Detail) = (NodeError.HandlerFault, $"{call.Method} does not take this: {e.Message}");
        }
        catch (Exception e)
        {
            LogHandlerFailed(e, call.Method, caller.Address);
            (answer.Error, answer.Detail) = (NodeError.HandlerFault, $"{call.Method} has failed.");
        }
        finally
        {
            _running.TryRemove((caller.Uuid, call.Id), out _);
        }

        await Reply(caller, answer);
    }

    private async Task Reply(NodeSender caller, NodeAnswer answer)
    {
        try
        {
            await _bus.Send(caller.Address, caller.Uuid, new NodePacket { Answer = answer });
        }
        catch (NodeException e) when (e.Error == NodeError.TooLarge)
        {
            answer.Body = ByteString.Empty;
            (answer.Error, answer.Detail) = (NodeError.TooLarge, e.Message);
            await Reply(caller, answer);
        }
        catch (NodeException e)
        {
            LogUnanswered(caller.Address, e.Message);
        }
    }

    private void GiveUp(PendingAnswer pending, NodeAddress to, NodeError error, string detail)
    {
        if (pending.End(new NodeAnswer { Error = error, Detail = detail }))
            _ = Cancel(pending.Id, to);
    }

    private async Task Cancel(ulong id, NodeAddress to)
    {
        try
        {
            await _bus.Send(to, null, new NodePacket { Cancel = new NodeCancel { Id = id } });
        }
        catch (NodeException)
        {
            // Whoever is not there does not work on it either.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of {Method} for node {Caller} has failed")]
    private partial void LogHandlerFailed(Exception exception, string method, NodeAddress caller);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Caller} could not be answered: {Detail}")]
    private partial void LogUnanswered(NodeAddress caller, string detail);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{Count} handlers of calls do not end; this node stops without them")]
    private partial void LogStuck(int count);
}
