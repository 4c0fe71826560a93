using Google.Protobuf;
using Google.Protobuf.Collections;

namespace GameBackend.Game;

/// <summary>
/// The receiving half of a transfer: an answer, once given, is given again for the same id. The sender repeats a
/// transfer until it has an answer, closes it in a write of its own, and only then lets the receiver forget.
/// </summary>
public static class TransferRules
{
    /// <summary>
    /// How long an answer is kept if no word comes that it may go. Senders that are cut off come back in minutes.
    /// </summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>The answer that was given before, or null.</summary>
    public static ReceivedTransfer? Find(RepeatedField<ReceivedTransfer> received, string id)
    {
        foreach (var answer in received)
        {
            if (answer.Id == id) return answer;
        }

        return null;
    }

    /// <summary>Keeps an answer, a refusal as well: a late repetition must not be taken after all.</summary>
    public static ReceivedTransfer Remember(
        RepeatedField<ReceivedTransfer> received, string id, GameError error, ByteString reply, long nowMs)
    {
        while (received.Count > 0 && received[0].AtMs < nowMs - (long)KeptFor.TotalMilliseconds) received.RemoveAt(0);
        var answer = new ReceivedTransfer { Id = id, Error = error, Reply = reply, AtMs = nowMs };
        received.Add(answer);
        return answer;
    }

    /// <summary>Drops an answer that its sender does not need any more.</summary>
    public static void Forget(RepeatedField<ReceivedTransfer> received, string id)
    {
        if (Find(received, id) is { } answer) received.Remove(answer);
    }
}
