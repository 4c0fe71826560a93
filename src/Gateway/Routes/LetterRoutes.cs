using GameBackend.Gateway.Dispatch;
using Google.Protobuf;

namespace GameBackend.Gateway.Routes;

internal static class LetterRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map<SendLetterRequest, SendLetterReply>((call, r) => call.Player<IPlayerLetters>().SendLetter(
            call.Caller, (long)r.To, r.Subject, r.Text, r.Value?.ToByteArray() ?? []));
        routes.Map<ListLettersRequest, ListLettersReply>(
            (call, r) => call.Player<IPlayerLetters>().ListLetters(call.Caller, r.BeforeId, r.Count));
        routes.Map<ReadLetterRequest, ReadLetterReply>(
            (call, r) => call.Player<IPlayerLetters>().ReadLetter(call.Caller, r.Id));
        routes.Map<ClaimLetterRequest, ClaimLetterReply>(
            (call, r) => call.Player<IPlayerLetters>().ClaimLetter(call.Caller, r.Id));
        routes.Map<ClaimAllLettersRequest, ClaimAllLettersReply>(
            (call, _) => call.Player<IPlayerLetters>().ClaimAllLetters(call.Caller));
        routes.Map<DeleteLetterRequest, DeleteLetterReply>(
            (call, r) => call.Player<IPlayerLetters>().DeleteLetter(call.Caller, r.Id));
        routes.Map<DeleteReadLettersRequest, DeleteReadLettersReply>(
            (call, _) => call.Player<IPlayerLetters>().DeleteReadLetters(call.Caller));
    }
}
