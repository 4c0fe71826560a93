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

    /// <summary>
    /// How long an answer is kept after its sender has closed the transfer: a repetition that is still on its way must
    /// find it. None takes longer than a grain call may.
    /// </summary>
    public static readonly TimeSpan KeptClosedFor = TimeSpan.FromSeconds(30);

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
        for (var i = received.Count - 1; i >= 0; i--)
        {
            if (IsOver(received[i], nowMs)) received.RemoveAt(i);
        }

        var answer = new ReceivedTransfer { Id = id, Error = error, Reply = reply, AtMs = nowMs };
        received.Add(answer);
        return answer;
    }

    /// <summary>The sender has closed the transfer: the answer may go, after a while.</summary>
    public static void Close(RepeatedField<ReceivedTransfer> received, string id, long nowMs)
    {
        if (Find(received, id) is not { ClosedAtMs: 0 } answer) return;
        answer.ClosedAtMs = nowMs;
        answer.Reply = ByteString.Empty;
    }

    /// <summary>Whether nobody can ask for an answer any more.</summary>
    public static bool IsOver(ReceivedTransfer answer, long nowMs) =>
        answer.AtMs < nowMs - (long)KeptFor.TotalMilliseconds
        || (answer.ClosedAtMs != 0 && answer.ClosedAtMs < nowMs - (long)KeptClosedFor.TotalMilliseconds);
}
