using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Routes;

/// <summary>The session's own requests. All but Echo are answered at the gateway.</summary>
internal sealed class SystemRoutes(
    Authenticator authenticator, GatewayIdentity identity, TimeProvider time)
{
    private static readonly string Version = typeof(SystemRoutes).Assembly.GetName().Version!.ToString(3);

    public void Map(RouteTable routes)
    {
        routes.Map<LoginRequest, Welcome>(authenticator.Login, ordered: false, opens: true);
        routes.Map<ResumeRequest, Welcome>(authenticator.Resume, ordered: false, opens: true);
        routes.Map<HeartbeatRequest, HeartbeatReply>(Heartbeat, ordered: false);
        routes.Map<LeaveRequest, LeaveReply>(Leave, closes: true);
        routes.Map<TimeRequest, TimeReply>((_, _) => Reply(new TimeReply { ServerTimeMs = Now }), ordered: false);
        routes.Map<ServerInfoRequest, ServerInfoReply>(ServerInfo, ordered: false);
        routes.MapStreamed<EchoRequest, EchoReply>(
            (call, body) => call.Session.Player.Echo(call.Caller, body),
            (call, bodies) => call.Session.Player.EchoAll(call.Caller, bodies));
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task<Outcome> Reply(Google.Protobuf.IMessage reply) => Task.FromResult(Outcome.Of(reply));

    private async Task<Outcome> Heartbeat(Call call, HeartbeatRequest request)
    {
        var result = await call.Session.Check();
        return result.Live
            ? Outcome.Of(new HeartbeatReply { ServerTimeMs = Now, HeadSeq = result.Mailbox.Head })
            : Outcome.Refused(GameError.SessionReplaced);
    }

    private static async Task<Outcome> Leave(Call call, LeaveRequest request)
    {
        await call.Session.Player.Leave(call.Session.Epoch, call.Session.AckedSeq);
        call.Session.CloseAfterAnswer(call.Id, GoodbyeReason.SessionOver, "The client has left.");
        return Outcome.Done;
    }

    private Task<Outcome> ServerInfo(Call call, ServerInfoRequest request) => Reply(new ServerInfoReply
    {
        Version = Version,
        Gateway = identity.Name,
        Limits = Announcement.Limits(call.Dispatcher.Options, call.Session.Limits),
    });
}
