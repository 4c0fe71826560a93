using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>
/// Recorded answers: a write that is sent again is answered as the first time and does nothing. The record is saved
/// with the state that the write changed, so that neither is there without the other.
/// </summary>
public static class AnswerRules
{
    /// <summary>
    /// Answers that are kept: twice as many as a session may have unanswered at the most. A request for which a client
    /// still waits is not forgotten as long as fewer than these many later writes have been done meanwhile.
    /// </summary>
    public const int Kept = 64;

    /// <summary>The recorded answer of a request, or null.</summary>
    public static AnsweredRequest? Find(PlayerRecord record, uint requestId)
    {
        for (var i = record.Answered.Count - 1; i >= 0; i--)
        {
            if (record.Answered[i].Id == requestId)
                return record.Answered[i];
        }

        return null;
    }

    /// <summary>
    /// Whether an answer was given to this very request, and not to another one under the same id. What is not known of
    /// either, because an earlier version has written it, is taken to be the same.
    /// </summary>
    public static bool IsSame(uint op, ulong bodyHash, uint otherOp, ulong otherHash) =>
        (op == 0 || otherOp == 0 || op == otherOp) && (bodyHash == 0 || otherHash == 0 || bodyHash == otherHash);

    /// <summary>The largest request id of the session that is known to have been answered; 0 if none is.</summary>
    public static uint LastId(PlayerRecord record) => record.Answered.Aggregate(
        record.AnswersDroppedThrough, (last, answer) => Math.Max(last, answer.Id));

    /// <summary>Whether a request is so old that its answer may have been dropped: it must not run.</summary>
    public static bool IsTooOld(PlayerRecord record, uint requestId) => requestId <= record.AnswersDroppedThrough;

    /// <summary>
    /// Keeps an answer, and drops the one with the smallest id if there are too many. Notifications have none.
    /// </summary>
    public static void Remember(
        PlayerRecord record, uint requestId, uint op, ulong bodyHash, ByteString reply,
        GameError error = GameError.Ok)
    {
        if (requestId == 0)
            return;
        record.Answered.Add(new AnsweredRequest
        {
            Id = requestId,
            Op = op,
            BodyHash = bodyHash,
            Error = error,
            Reply = reply,
        });
        while (record.Answered.Count > Kept)
        {
            var oldest = record.Answered.MinBy(answer => answer.Id)!;
            record.AnswersDroppedThrough = Math.Max(record.AnswersDroppedThrough, oldest.Id);
            record.Answered.Remove(oldest);
        }
    }
}
