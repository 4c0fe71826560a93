namespace GameBackend.Game.Tests;

public sealed class AnswerRulesTests
{
    /// <summary>What a session may have unanswered, as gateways limit it.</summary>
    private const int MaxInFlight = 32;

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 100).Select(seed => new object[] { seed });

    [Fact]
    public void An_answer_is_found_by_its_request()
    {
        var record = new PlayerRecord();
        AnswerRules.Remember(record, 3, 206, 0, ByteString.CopyFrom(1));
        var answer = new AnsweredRequest { Id = 3, Op = 206, Reply = ByteString.CopyFrom(1) };
        Assert.Equal(answer, AnswerRules.Find(record, 3));
        Assert.Null(AnswerRules.Find(record, 2));
        Assert.False(AnswerRules.IsTooOld(record, 2));
    }

    [Fact]
    public void An_answer_belongs_to_op_and_body_as_far_as_they_are_known()
    {
        Assert.True(AnswerRules.IsSame(206, 7, 206, 7));
        Assert.False(AnswerRules.IsSame(206, 7, 202, 7));
        Assert.False(AnswerRules.IsSame(206, 7, 206, 8));
        // Earlier versions have saved the op alone.
        Assert.True(AnswerRules.IsSame(206, 0, 206, 8));
        Assert.False(AnswerRules.IsSame(206, 0, 202, 8));
        Assert.True(AnswerRules.IsSame(0, 0, 202, 8));
    }

    [Fact]
    public void A_keyed_answer_belongs_to_op_and_body_as_far_as_they_are_known()
    {
        var answers = new List<KeyedAnswer>();
        var key = KeyedAnswerRules.KeyOf(0xab, 7, 605, 0xcd);
        KeyedAnswerRules.Remember(answers, 1, key, ByteString.Empty, 1);
        KeyedAnswerRules.Remember(answers, 1, "ab/8", ByteString.Empty, 1);
        Assert.Equal("ab/7", KeyedAnswerRules.IdOf(key));
        Assert.False(IsReused(7, 605, 0xcd));
        Assert.True(IsReused(7, 606, 0xcd));
        Assert.True(IsReused(7, 605, 0xce));
        Assert.False(IsReused(8, 606, 0xce));
        Assert.Null(KeyedAnswerRules.Find(answers, 1, KeyedAnswerRules.KeyOf(0xab, 77, 605, 0xcd)));
        Assert.Null(KeyedAnswerRules.Find(answers, 2, key));

        bool IsReused(uint id, uint op, ulong bodyHash)
        {
            var asked = KeyedAnswerRules.KeyOf(0xab, id, op, bodyHash);
            return KeyedAnswerRules.IsReused(KeyedAnswerRules.Find(answers, 1, asked)!, asked);
        }
    }

    [Fact]
    public void The_last_id_is_that_of_an_answer_that_is_kept_or_was()
    {
        var record = new PlayerRecord();
        Assert.Equal(0u, AnswerRules.LastId(record));
        foreach (var id in new uint[] { 9, 4 })
            AnswerRules.Remember(record, id, 206, 1, ByteString.Empty);
        Assert.Equal(9u, AnswerRules.LastId(record));
        record.Answered.Clear();
        record.AnswersDroppedThrough = 5;
        Assert.Equal(5u, AnswerRules.LastId(record));
    }

    [Fact]
    public void Notifications_are_not_remembered()
    {
        var record = new PlayerRecord();
        AnswerRules.Remember(record, 0, 206, 0, ByteString.Empty);
        Assert.Empty(record.Answered);
    }

    [Fact]
    public void A_new_session_counts_its_requests_from_the_start()
    {
        var record = new PlayerRecord();
        SessionRules.Login(record, 1, "lane", "gateway", 1);
        for (var id = 1u; id <= 100; id++) AnswerRules.Remember(record, id, 206, 0, ByteString.Empty);
        Assert.True(AnswerRules.IsTooOld(record, 36));
        Assert.False(AnswerRules.IsTooOld(record, 37));
        SessionRules.Login(record, 2, "lane", "gateway", 2);
        Assert.False(AnswerRules.IsTooOld(record, 1));
    }

    /// <summary>
    /// A client that keeps to the limit sends requests, of which some are writes and some are done, loses answers and
    /// sends requests again, in any order. Each write is done once, and each that was done is answered.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_write_runs_twice_and_no_answer_is_forgotten_that_a_client_may_still_wait_for(int seed)
    {
        var random = new Random(seed);
        var record = new PlayerRecord();
        var done = new Dictionary<uint, int>();
        var unanswered = new List<uint>();
        var next = 0u;
        for (var step = 0; step < 3000; step++)
        {
            // The answer of a request is kept while fewer than these many later ones are done.
            var first = unanswered.Count == 0 ? next : unanswered.Min();
            if (unanswered.Count < MaxInFlight && next - first < AnswerRules.Kept - 1 && random.Next(3) > 0)
                unanswered.Add(++next);
            if (unanswered.Count == 0) continue;

            var id = unanswered[random.Next(unanswered.Count)];
            var answer = AnswerRules.Find(record, id);
            Assert.False(AnswerRules.IsTooOld(record, id) && answer is null, $"{id} is forgotten");
            if (answer is not null)
            {
                Assert.Equal(id + 1000, answer.Op);
            }
            else if (random.Next(10) > 0)
            {
                done[id] = done.GetValueOrDefault(id) + 1;
                AnswerRules.Remember(record, id, id + 1000, 0, ByteString.Empty);
            }

            if (random.Next(2) > 0) unanswered.Remove(id);
            Assert.True(record.Answered.Count <= AnswerRules.Kept);
        }

        Assert.All(done.Values, times => Assert.Equal(1, times));
        Assert.All(done.Keys, id =>
            Assert.True(AnswerRules.Find(record, id) is not null || AnswerRules.IsTooOld(record, id)));
    }
}
