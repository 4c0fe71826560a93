using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>Answers to commands that took effect, by player and key: one that comes again does nothing.</summary>
public static class GuildAnswers
{
    /// <summary>For each player, whose commands come one after another.</summary>
    public const int Kept = 16;

    /// <summary>Longer than a client goes on repeating a request.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(15);

    public static ByteString? Find(GuildRecord record, long player, string key) => key.Length == 0
        ? null
        : record.Answered.FirstOrDefault(answer => answer.Player == player && answer.Key == key)?.Reply;

    public static void Remember(GuildRecord record, long player, string key, ByteString reply, long nowMs)
    {
        if (key.Length == 0) return;
        var answered = record.Answered;
        while (answered.Count > 0 && answered[0].AtMs < nowMs - (long)KeptFor.TotalMilliseconds) answered.RemoveAt(0);
        if (answered.Count(answer => answer.Player == player) >= Kept)
            answered.Remove(answered.First(answer => answer.Player == player));
        answered.Add(new GuildAnswer { Player = player, Key = key, Reply = reply, AtMs = nowMs });
    }
}
