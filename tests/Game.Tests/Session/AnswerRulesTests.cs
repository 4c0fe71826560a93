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
        AnswerRules.Remember(record, 3, 206, ByteString.CopyFrom(1));
        var answer = new AnsweredRequest { Id = 3, Op = 206, Reply = ByteString.CopyFrom(1) };
        Assert.Equal(answer, AnswerRules.Find(record, 3));
        Assert.Null(AnswerRules.Find(record, 2));
        Assert.False(AnswerRules.IsTooOld(record, 2));
    }

    [Fact]
    public void Notifications_are_not_remembered()
    {
        var record = new PlayerRecord();
        AnswerRules.Remember(record, 0, 206, ByteString.Empty);
        Assert.Empty(record.Answered);
    }

    [Fact]
    public void A_new_session_counts_its_requests_from_the_start()
    {
        var record = new PlayerRecord();
        SessionRules.Login(record, 1, "lane", "gateway", 1);
        for (var id = 1u; id <= 100; id++) AnswerRules.Remember(record, id, 206, ByteString.Empty);
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
                AnswerRules.Remember(record, id, id + 1000, ByteString.Empty);
            }

            if (random.Next(2) > 0) unanswered.Remove(id);
            Assert.True(record.Answered.Count <= AnswerRules.Kept);
        }

        Assert.All(done.Values, times => Assert.Equal(1, times));
        Assert.All(done.Keys, id =>
            Assert.True(AnswerRules.Find(record, id) is not null || AnswerRules.IsTooOld(record, id)));
    }
}
