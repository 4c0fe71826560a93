using System.Globalization;
using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>
/// What a grain has done at players' requests, saved with the effect: a request that comes again is answered as the
/// first time and does nothing. A player's writes come one after another, so that a few a player are enough.
/// </summary>
public static class KeyedAnswerRules
{
    /// <summary>Answers that are kept of one player.</summary>
    public const int KeptOfPlayer = 16;

    /// <summary>Longer than a client goes on repeating a request.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(15);

    private const char Separator = '#';

    /// <summary>The key of a request; empty for a notification.</summary>
    public static string KeyOf(ulong sessionId, uint requestId, uint op, ulong bodyHash) => requestId == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{sessionId:x}/{requestId}{Separator}{op}.{bodyHash:x}");

    /// <summary>The part of a key that is the same for whatever is asked under a request id.</summary>
    public static string IdOf(string key) =>
        key.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var at ? key[..at] : key;

    /// <summary>
    /// The answer that was given before under this request id, or null. Requests without a key have none.
    /// </summary>
    public static KeyedAnswer? Find(IEnumerable<KeyedAnswer> answers, long player, string key)
    {
        if (key.Length == 0)
            return null;
        var id = IdOf(key);
        return answers.FirstOrDefault(answer => answer.Player == player && IdOf(answer.Key) == id);
    }

    /// <summary>
    /// Whether an answer was given to another request than this one, under the same id. A key that an earlier version
    /// has written does not tell.
    /// </summary>
    public static bool IsReused(KeyedAnswer answer, string key) =>
        answer.Key != key && answer.Key.Contains(Separator, StringComparison.Ordinal)
        && key.Contains(Separator, StringComparison.Ordinal);

    /// <summary>
    /// Keeps an answer, and drops the outdated ones. Notifications have no key, and no answer to keep.
    /// </summary>
    /// <param name="answers">Oldest first.</param>
    public static void Remember(IList<KeyedAnswer> answers, long player, string key, ByteString reply, long nowMs)
    {
        if (key.Length == 0)
            return;
        while (answers.Count > 0 && answers[0].AtMs < nowMs - (long)KeptFor.TotalMilliseconds)
            answers.RemoveAt(0);
        if (answers.Count(answer => answer.Player == player) >= KeptOfPlayer)
            answers.Remove(answers.First(answer => answer.Player == player));
        answers.Add(new KeyedAnswer { Player = player, Key = key, Reply = reply, AtMs = nowMs });
    }
}
