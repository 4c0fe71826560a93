using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Dispatch;

/// <summary>Opcode to route, checked at start against the services of the proto files.</summary>
internal sealed class RouteTable
{
    private readonly Dictionary<uint, Route> _routes = [];

    public IEnumerable<Route> All => _routes.Values.OrderBy(route => route.Op);

    public Route? Find(uint op) => _routes.GetValueOrDefault(op);

    /// <summary>Adds a request that is answered by a grain or by the gateway itself.</summary>
    /// <exception cref="InvalidOperationException">
    /// The proto files say otherwise, or the opcode has a route already.
    /// </exception>
    public void Map<TRequest, TReply>(
        Func<Call, TRequest, Task<Outcome>> handler, bool ordered = true, bool opens = false, bool closes = false)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        var op = Checked<TRequest, TReply>();
        Add(new Route<TRequest>(op, handler)
        {
            Ordered = ordered,
            Opens = opens,
            Alone = closes || op.Effect == Effect.Write,
        });
    }

    /// <summary>Adds a request whose body goes on encoded, and which may come in streams.</summary>
    public void MapStreamed<TRequest, TReply>(
        Func<Call, byte[], ValueTask<Outcome>> one, Func<Call, byte[][], ValueTask<Outcome[]>> many)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new() =>
        Add(new StreamedRoute<TRequest>(Checked<TRequest, TReply>(), one, many));

    /// <summary>
    /// Adds battle inputs: passed on encoded, in no order with other requests, and limited by a rate of their own.
    /// </summary>
    public void MapInput<TRequest, TReply>(Func<Call, byte[], ValueTask<Outcome?>> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new() =>
        Add(new RawRoute<TRequest>(Checked<TRequest, TReply>(), handler) { Ordered = false, IsInput = true });

    /// <exception cref="InvalidOperationException">A request of the proto files has no route.</exception>
    public void CheckComplete()
    {
        var missing = Opcodes.Requests.Values.Where(request => !_routes.ContainsKey(request.Op)).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException(
                $"No route for {string.Join(", ", missing.Select(request => request.Name))}.");
    }

    /// <summary>The table as text, a line a route.</summary>
    public override string ToString() => All.Aggregate(
        new StringBuilder(),
        (text, route) => text.AppendLine(CultureInfo.InvariantCulture, $"{route.Op,5} {route.Name} {route.Effect}"))
            .ToString();

    private static RequestOp Checked<TRequest, TReply>()
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        var request = Opcodes.Of<TRequest>();
        MessageDescriptor reply = new TReply().Descriptor;
        return request.Reply == reply
            ? request
            : throw new InvalidOperationException(
                $"{request.Name} answers {request.Reply.Name}, its route {reply.Name}.");
    }

    private void Add(Route route)
    {
        if (!_routes.TryAdd(route.Op, route))
            throw new InvalidOperationException($"{route.Name} has two routes.");
    }
}
