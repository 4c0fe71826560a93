using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

/// <summary>All that a client can ask for, a line a feature.</summary>
internal static class RouteList
{
    public static RouteTable Build(SystemRoutes system)
    {
        var routes = new RouteTable();
        system.Map(routes);
        MailboxRoutes.Map(routes);
        PlayerRoutes.Map(routes);
        BagRoutes.Map(routes);
        PetRoutes.Map(routes);
        EquipmentRoutes.Map(routes);
        LetterRoutes.Map(routes);
        TradeRoutes.Map(routes);
        routes.CheckComplete();
        return routes;
    }
}
