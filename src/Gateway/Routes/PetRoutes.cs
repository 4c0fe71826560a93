using GameBackend.Gateway.Dispatch;

namespace GameBackend.Gateway.Routes;

internal static class PetRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<FeedPetRequest, FeedPetReply>(
            (call, r) => call.Player<IPlayerPets>().Feed(call.Caller, r.Pet, r.Slot, r.Count));
        routes.Map<SetActivePetRequest, SetActivePetReply>(
            (call, r) => call.Player<IPlayerPets>().SetActive(call.Caller, r.Pet));
        routes.Map<ReleasePetRequest, ReleasePetReply>(
            (call, r) => call.Player<IPlayerPets>().Release(call.Caller, r.Pet));
    }
}
