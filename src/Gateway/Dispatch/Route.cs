using Google.Protobuf;

namespace GameBackend.Gateway.Dispatch;

/// <summary>What handles an opcode.</summary>
internal abstract class Route(RequestOp request)
{
    public uint Op { get; } = request.Op;

    public string Name { get; } = request.Name;

    public Effect Effect { get; } = request.Effect;

    /// <summary>
    /// True for requests that wait for all before them and hold up all behind them, as every write does.
    /// </summary>
    public bool Alone { get; init; } = request.Effect == Effect.Write;

    /// <summary>False for requests that neither wait for others nor hold them up, such as heartbeats.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>True for the requests that open a session.</summary>
    public bool Opens { get; init; }

    /// <summary>
    /// True for battle inputs: they have a rate of their own, and do not count among the requests that may be
    /// unanswered.
    /// </summary>
    public bool IsInput { get; init; }

    /// <summary>How the request asks for a page of a list; null if it does not.</summary>
    public PagedRequest? Page { get; } = PagedRequest.Of(request);

    public RouteStatistics Statistics { get; } = new();

    /// <exception cref="InvalidProtocolBufferException">The body does not parse.</exception>
    public abstract object Parse(ReadOnlySpan<byte> body);

    /// <returns>The outcome, or null if the handler has answered by itself.</returns>
    public abstract ValueTask<Outcome?> Invoke(Call call, object request);
}

/// <summary>A route whose request message is parsed before the handler sees it.</summary>
internal sealed class Route<TRequest>(RequestOp op, Func<Call, TRequest, Task<Outcome>> handler) : Route(op)
    where TRequest : class, IMessage<TRequest>, new()
{
    public override object Parse(ReadOnlySpan<byte> body) => ClientInput.Parse<TRequest>(body);

    public override ValueTask<Outcome?> Invoke(Call call, object request) => new(handler(call, (TRequest)request)!);
}

/// <summary>A route that passes bodies on encoded, with the known fields alone.</summary>
internal sealed class RawRoute<TRequest>(RequestOp op, Func<Call, byte[], ValueTask<Outcome?>> handler) : Route(op)
    where TRequest : class, IMessage<TRequest>, new()
{
    public override object Parse(ReadOnlySpan<byte> body) => ClientInput.Parse<TRequest>(body).ToByteArray();

    public override ValueTask<Outcome?> Invoke(Call call, object request) => handler(call, (byte[])request);
}

/// <summary>
/// A route that passes bodies on encoded. Requests of it that arrive together make one grain call: for what clients
/// send in streams, where the call would cost more than what it carries.
/// </summary>
internal abstract class StreamedRoute(
    RequestOp op, Func<Call, byte[], ValueTask<Outcome>> one, Func<Call, byte[][], ValueTask<Outcome[]>> many)
        : Route(op)
{
    public override ValueTask<Outcome?> Invoke(Call call, object request) => one(call, (byte[])request)!;

    public ValueTask<Outcome[]> InvokeAll(Call call, byte[][] requests) => many(call, requests);
}

/// <summary>A streamed route with its request message: bodies keep the known fields alone.</summary>
internal sealed class StreamedRoute<TRequest>(
    RequestOp op, Func<Call, byte[], ValueTask<Outcome>> one, Func<Call, byte[][], ValueTask<Outcome[]>> many)
        : StreamedRoute(op, one, many)
    where TRequest : class, IMessage<TRequest>, new()
{
    public override object Parse(ReadOnlySpan<byte> body) => ClientInput.Parse<TRequest>(body).ToByteArray();
}
