using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using GameBackend.Gateway.Sessions;
using GameBackend.Gateway.Transports;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using StackExchange.Redis;

namespace GameBackend.Gateway.Dispatch;

/// <summary>
/// Takes an envelope from a session, finds its route, makes one grain call, answers. Every request gets one answer.
/// </summary>
internal sealed partial class Dispatcher(
    IGrainFactory grains,
    RouteTable routes,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    ILogger<Dispatcher> logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMilliseconds(400);
    private static readonly uint ResyncOp = Opcodes.OfPush<Resync>().Op;

    public IGrainFactory Grains => grains;

    public GatewayMetrics Metrics => metrics;

    public GatewayOptions Options { get; } = options.Value;

    /// <summary>Starts a request. Refusals that need no grain are answered at once.</summary>
    /// <exception cref="ProtocolViolationException">A log-in without an id, which could not be answered.</exception>
    public void Dispatch(Session session, in ClientFrame frame)
    {
        if (TakeToken(session, frame.Id, frame.Op))
            Start(session, frame);
    }

    /// <summary>Limits the rate of a session's requests; one too many is refused.</summary>
    public bool TakeToken(Session session, uint id, uint op)
    {
        var isInput = routes.Find(op) is { IsInput: true };
        if (session.TryTakeToken(isInput, out var retryAfterMs))
            return true;
        if (isInput)
            metrics.InputsDropped.Add(1);
        // It may come again, and is known then.
        session.Ids.TryUse(id, op, bodyHash: 0);
        Refuse(session, id, op, GameError.RateLimited, retryAfterMs);
        return false;
    }

    /// <summary>Starts a request that has its token.</summary>
    /// <param name="parses">False if op or body are known to be none.</param>
    /// <exception cref="ProtocolViolationException">A log-in without an id, which could not be answered.</exception>
    public void Start(Session session, in ClientFrame frame, bool parses = true)
    {
        var route = routes.Find(frame.Op);
        var bodyHash = frame.Id == 0 ? 0 : RequestIds.Hash(frame.Body);
        var refusal = !session.Ids.TryUse(frame.Id, frame.Op, bodyHash) ? GameError.RequestIdReused
            : route is not null ? Admit(session, route)
            : parses ? GameError.UnknownOpcode
            : GameError.InvalidArgument;
        object? request = null;
        if (refusal == GameError.Ok && !(parses && TryParse(route!, frame.Body, out request)))
            refusal = GameError.InvalidArgument;
        if (refusal == GameError.Ok && route!.Opens)
            refusal = BeginOpening(session, frame.Id);
        if (refusal == GameError.Ok && !session.Submit(
            route!, frame.Id, request!, bodyHash, RequestTrace.Of(route!, frame.TraceParent)))
            refusal = GameError.TooManyInFlight;
        if (refusal != GameError.Ok)
            Refuse(session, frame.Id, frame.Op, refusal);
    }

    /// <summary>
    /// Goes on after a call that failed. One that got lost on its way is made again while there is time: the request's
    /// id keeps it from taking effect twice. A write that may have taken effect never ends as a fault, which would say
    /// that nothing was done.
    /// </summary>
    public async ValueTask<(Outcome? Outcome, ulong FaultId)> Recover(
        Call call, Route route, object request, Exception failure, long started)
    {
        var delay = FirstRetry;
        while (true)
        {
            if (IsUnclear(failure))
                call = call with { Again = route.Effect == Effect.Write };
            else if (!call.Again)
                break;
            var hasTime = failure is not TimeoutException && (call.Id != 0 || route.Effect == Effect.Read)
                && Stopwatch.GetElapsedTime(started) + delay < Options.CallTimeout;
            if (!hasTime)
            {
                if (failure is RoleUnavailableException)
                    LogNoRole(route.Name, failure.Message);
                else if (!IsUnclear(failure))
                    LogFault(failure, route.Name, call.Session.PlayerId, NewFaultId());
                metrics.Unavailable.Add(1);
                return (Outcome.Refused(GameError.Unavailable), 0);
            }

            await Task.Delay(delay);
            // A log-in for a connection that is gone would take the player over from the client's next one.
            if (route.Opens && call.Session.State == SessionState.Closed)
                return (Outcome.Refused(GameError.Unavailable), 0);
            delay = delay * 2 < LastRetry ? delay * 2 : LastRetry;
            try
            {
                return (Judge(call, await InvokeInTime(call, route, request, started)), 0);
            }
            catch (Exception e)
            {
                failure = e;
            }
        }

        var faultId = NewFaultId();
        LogFault(failure, route.Name, call.Session.PlayerId, faultId);
        return (Outcome.Refused(GameError.Internal), faultId);
    }

    /// <summary>
    /// What a client gets in place of a frame that is larger than it takes: a request that it answers fails alone; an
    /// item of the mailbox becomes a Resync in its place; a transient push is left out, as one may always be.
    /// </summary>
    /// <returns>Null if nothing is sent.</returns>
    public ServerFrame? InPlaceOf(in ServerFrame frame, int size, long playerId)
    {
        var name = frame.Id != 0 ? routes.Find(frame.Op)?.Name : Opcodes.Pushes.GetValueOrDefault(frame.Op)?.Name;
        LogTooLarge(name, frame.Id, playerId, size, Options.MaxFrameBytes);
        if (frame.Id != 0)
            return new ServerFrame(frame.Id, frame.Op, default, 0, GameError.ReplyTooLarge);
        return frame.Seq == 0
            ? null
            : new ServerFrame(0, ResyncOp, new Resync { Dropped = 1 }.ToByteArray(), frame.Seq);
    }

    /// <summary>
    /// Calls a route, and waits no longer than the request's time lasts: the client was told how long it has to wait
    /// for an answer, however many requests are before it. Its log-in waits for a clear end, since that says what the
    /// connection is.
    /// </summary>
    /// <exception cref="TimeoutException">The time is over; the call may still take effect.</exception>
    public async ValueTask<Outcome?> InvokeInTime(Call call, Route route, object request, long started)
    {
        if (route.Opens)
            return await route.Invoke(call, request);
        var left = Options.CallTimeout - Stopwatch.GetElapsedTime(started);
        return left > TimeSpan.Zero
            ? await route.Invoke(call, request).AsTask().WaitAsync(left)
            : throw new TimeoutException();
    }

    /// <summary>
    /// What a refusal means. That of a write of which an earlier try came to no clear end does not say that nothing was
    /// done, unless the grain that keeps the record says so.
    /// </summary>
    public static Outcome? Judge(Call call, Outcome? outcome)
    {
        if (!call.Again || outcome is null or { Settled: true })
            return outcome;
        switch (outcome.Error)
        {
            case GameError.Ok or GameError.Unavailable or GameError.RequestTooOld or GameError.RequestIdReused:
                return outcome;
            case GameError.SessionReplaced:
                // The connection ends. Whoever goes on with the session hears what became of the request.
                call.Session.CloseAfterAnswer(call.Id, GoodbyeReason.Replaced, Session.ReplacedDetail);
                return Outcome.Refused(GameError.Unavailable);
            default:
                return Outcome.Refused(GameError.OutcomeUnknown);
        }
    }

    /// <summary>
    /// Whether a failed call may have taken effect, or may work when it is made again. The exceptions of a storage that
    /// is down often do not travel: what arrives then is that the silo could not write them, or that this process
    /// cannot read them. The runtime cancels calls that it could not bring to their grain in time.
    /// </summary>
    private static bool IsUnclear(Exception e) => e is TimeoutException or OutcomeUnknownException or OrleansException
        or SerializerException or TypeLoadException or RoleUnavailableException or OperationCanceledException
        or UnavailableExceptionFallbackException or RedisException or IOException or SocketException;

    private static ulong NewFaultId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private static GameError Admit(Session session, Route route) => session.State switch
    {
        SessionState.Open => route.Opens ? GameError.AlreadyAuthenticated : GameError.Ok,
        _ => route.Opens ? GameError.Ok : GameError.NotAuthenticated,
    };

    private static GameError BeginOpening(Session session, uint id)
    {
        if (id == 0)
            throw new ProtocolViolationException("Login and Resume are requests: they need an id.");
        return session.TryBeginAuthentication() ? GameError.Ok : GameError.AlreadyAuthenticated;
    }

    private static bool TryParse(Route route, ReadOnlySpan<byte> body, out object? request)
    {
        try
        {
            request = route.Parse(body);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            request = null;
            return false;
        }
    }

    private void Refuse(Session session, uint id, uint op, GameError error, uint retryAfterMs = 0)
    {
        metrics.Refused.Add(1);
        if (id != 0)
            session.Send(new ServerFrame(id, op, default, 0, error, retryAfterMs));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Route} for player {PlayerId} failed; fault {FaultId:x}")]
    private partial void LogFault(Exception exception, string route, long playerId, ulong faultId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Name} of request {RequestId} for player {PlayerId} is not sent: {Size} bytes, more than {Limit}")]
    private partial void LogTooLarge(string? name, uint requestId, long playerId, int size, int limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Route} cannot be answered: {Why}")]
    private partial void LogNoRole(string route, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The mailbox of player {PlayerId} could not be read")]
    public partial void LogFillFailed(Exception exception, long playerId);
}
