using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class MailboxRoutes
{
    public static void Map(RouteTable routes) =>
        routes.Map<SendNoteRequest, SendNoteReply>(
            (call, r) => call.Player<IPlayerProfile>().SendNote(call.Caller, (long)r.To, r.Text));
}
