using GameBackend.Gateway.Chat;
using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

/// <summary>Chat. Who listens is the gateway's own business; whether a player may is asked of its grain.</summary>
internal sealed class ChatRoutes(ChannelHub hub)
{
    private const string WorldPrefix = "world/";

    public void Map(RouteTable routes)
    {
        routes.Map<SayRequest, SayReply>((call, r) => call.Player<IPlayerChat>().Say(
            call.Caller, r.Kind, r.World, (long)r.To, r.Text));
        routes.Map<ListenRequest, ListenReply>(Listen);
        routes.Map<ReadChatRequest, ReadChatReply>((call, r) => call.Player<IPlayerChat>().ReadChat(
            call.Caller, r.Kind, r.World, (long)r.With, r.Before, r.Count));
    }

    private async Task<Outcome> Listen(Call call, ListenRequest request)
    {
        var access = await call.Player<IPlayerChat>().ChatAccess(call.Caller, request.Kind, request.World);
        if (access.Error != GameError.Ok)
            return Outcome.Refused(access.Error);
        var session = call.Session;
        foreach (var other in session.Hearing.Channels)
        {
            var isOtherWorld = request.Kind == ChatKind.World
                && other.StartsWith(WorldPrefix, StringComparison.Ordinal);
            if (other == access.Channel || isOtherWorld)
                hub.Part(session, other);
        }

        var head = await hub.Join(session, access.Channel, request.HasAfter ? request.After : null);
        return Outcome.Of(new ListenReply { Channel = (ulong)access.Id, Head = head });
    }
}
