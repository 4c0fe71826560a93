using GameBackend.Gateway.Battle;
using GameBackend.Gateway.Chat;
using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

/// <summary>All that a client can ask for, a line a feature.</summary>
internal static class RouteList
{
    public static RouteTable Build(SystemRoutes system, ChannelHub hub, BattleHub battles)
    {
        var routes = new RouteTable();
        system.Map(routes);
        MailboxRoutes.Map(routes);
        PlayerRoutes.Map(routes);
        BagRoutes.Map(routes);
        PetRoutes.Map(routes);
        EquipmentRoutes.Map(routes);
        GuildRoutes.Map(routes);
        TeamRoutes.Map(routes);
        new ChatRoutes(hub).Map(routes);
        new FriendRoutes(hub).Map(routes);
        LetterRoutes.Map(routes);
        TradeRoutes.Map(routes);
        new BattleRoutes(battles).Map(routes);
        MatchRoutes.Map(routes);
        LeaderboardRoutes.Map(routes);
        routes.CheckComplete();
        return routes;
    }
}
