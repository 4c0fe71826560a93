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

    /// <summary>The answer that was given before, or null. Requests without a key have none.</summary>
    public static ByteString? Find(IEnumerable<KeyedAnswer> answers, long player, string key) => key.Length == 0
        ? null
        : answers.FirstOrDefault(answer => answer.Player == player && answer.Key == key)?.Reply;

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
