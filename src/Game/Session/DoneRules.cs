using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>
/// What a group has done at its players' requests, saved with the effect: a request that comes again is answered as the
/// first time and does nothing. A player's writes come one after another, so that a few a player are enough.
/// </summary>
public static class DoneRules
{
    /// <summary>Answers that are kept of one player.</summary>
    public const int KeptOfPlayer = 16;

    /// <summary>The answer to a request, or null if it has not been done.</summary>
    public static DoneRequest? Find(IList<DoneRequest> done, long player, string key)
    {
        if (key.Length == 0)
            return null;
        for (var i = done.Count - 1; i >= 0; i--)
        {
            if (done[i].Player == player && done[i].Key == key)
                return done[i];
        }

        return null;
    }

    /// <summary>Keeps an answer, and drops the oldest if there are too many. Notifications have no key and none.</summary>
    /// <param name="kept">How many are kept of all players.</param>
    public static void Remember(IList<DoneRequest> done, long player, string key, ByteString reply, int kept)
    {
        if (key.Length == 0)
            return;
        done.Add(new DoneRequest { Player = player, Key = key, Reply = reply });
        if (done.Count(each => each.Player == player) > KeptOfPlayer)
            done.Remove(done.First(each => each.Player == player));
        while (done.Count > kept)
            done.RemoveAt(0);
    }
}
