using Google.Protobuf;
using Google.Protobuf.Collections;

namespace GameBackend.Game;

/// <summary>Answers to requests that players' grains have passed on, kept with the state that the requests changed.</summary>
public static class KeyedAnswerRules
{
    /// <summary>The answer that was given before, or null. Requests without a key have none.</summary>
    public static KeyedAnswer? Find(RepeatedField<KeyedAnswer> answers, string key) =>
        key.Length == 0 ? null : answers.FirstOrDefault(answer => answer.Key == key);

    /// <param name="kept">How many answers are kept in all.</param>
    public static void Remember(
        RepeatedField<KeyedAnswer> answers, string key, GameError error, IMessage? reply, int kept)
    {
        if (key.Length == 0) return;
        answers.Add(new KeyedAnswer { Key = key, Error = error, Reply = reply?.ToByteString() ?? ByteString.Empty });
        while (answers.Count > kept) answers.RemoveAt(0);
    }
}
