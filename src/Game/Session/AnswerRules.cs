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

    /// <summary>Whether a request is so old that its answer may have been dropped: it must not run.</summary>
    public static bool IsTooOld(PlayerRecord record, uint requestId) => requestId <= record.AnswersDroppedThrough;

    /// <summary>
    /// Keeps an answer, and drops the one with the smallest id if there are too many. Notifications have none.
    /// </summary>
    public static void Remember(
        PlayerRecord record, uint requestId, uint op, ByteString reply, GameError error = GameError.Ok)
    {
        if (requestId == 0)
            return;
        record.Answered.Add(new AnsweredRequest { Id = requestId, Op = op, Error = error, Reply = reply });
        while (record.Answered.Count > Kept)
        {
            var oldest = record.Answered.MinBy(answer => answer.Id)!;
            record.AnswersDroppedThrough = Math.Max(record.AnswersDroppedThrough, oldest.Id);
            record.Answered.Remove(oldest);
        }
    }
}
