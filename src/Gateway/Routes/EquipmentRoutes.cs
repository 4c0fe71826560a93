using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class EquipmentRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<EquipRequest, EquipReply>(
            (call, r) => call.Player<IPlayerEquipment>().Equip(call.Caller, r.Slot));
        routes.Map<UnequipRequest, UnequipReply>(
            (call, r) => call.Player<IPlayerEquipment>().Unequip(call.Caller, r.Place));
    }
}
