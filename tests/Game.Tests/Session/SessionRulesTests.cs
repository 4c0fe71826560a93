namespace GameBackend.Game.Tests;

public sealed class SessionRulesTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 100).Select(seed => new object[] { seed });

    [Fact]
    public void A_new_player_has_no_session()
    {
        var record = new PlayerRecord();
        Assert.False(SessionRules.IsCurrent(record, 0));
        Assert.False(SessionRules.Resume(record, 0, "lane", "gateway", 1, Window));
        Assert.False(SessionRules.Detach(record, 0, 1));
        Assert.False(SessionRules.End(record, 1));
    }

    [Fact]
    public void The_resume_window_closes_to_the_millisecond()
    {
        var record = new PlayerRecord();
        SessionRules.Login(record, 1, "lane", "gateway", 1000);
        Assert.False(SessionRules.IsOver(record.Session, long.MaxValue, Window));
        SessionRules.Detach(record, record.Session.Epoch, 2000);
        Assert.False(SessionRules.IsOver(record.Session, 61_999, Window));
        Assert.True(SessionRules.IsOver(record.Session, 62_000, Window));
        Assert.False(SessionRules.Resume(record, 1, "lane", "gateway", 62_000, Window));
        Assert.True(SessionRules.Resume(record, 1, "lane", "gateway", 61_999, Window));
    }

    /// <summary>Random logins, resumes, detaches and ends, against a model that knows what a session is.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Epochs_only_grow_and_each_session_ends_at_most_once(int seed)
    {
        var random = new Random(seed);
        var record = new PlayerRecord();
        var (nowMs, sessions, lost) = (1_000_000L, 0ul, 0ul);
        ulong? live = null;
        long? detachedAt = null;
        for (var step = 0; step < 500; step++)
        {
            nowMs += random.Next(20_000);
            var before = record.Session?.Clone() ?? new SessionState();
            var current = live is not null && random.Next(4) > 0;
            var epoch = current ? before.Epoch : (ulong)random.NextInt64((long)before.Epoch + 3);
            current = live is not null && epoch == before.Epoch;
            var open = detachedAt is null || nowMs - detachedAt < Window.TotalMilliseconds;
            switch (random.Next(5))
            {
                case 0:
                    SessionRules.Login(record, ++sessions, $"lane {step}", "gateway", nowMs);
                    (live, detachedAt) = (sessions, null);
                    Assert.Equal((before.Epoch + 1, $"lane {step}"), (record.Session!.Epoch, record.Session.Lane));
                    Assert.Empty(record.Answered);
                    break;
                case 1:
                    var session = random.Next(4) > 0 ? before.SessionId : before.SessionId + 1;
                    var resumed = SessionRules.Resume(record, session, $"lane {step}", "gateway", nowMs, Window);
                    Assert.Equal(live is not null && session == live && open, resumed);
                    if (resumed) detachedAt = null;
                    Assert.Equal(resumed ? before.Epoch + 1 : before.Epoch, record.Session?.Epoch ?? 0);
                    break;
                case 2 or 3:
                    var detached = SessionRules.Detach(record, epoch, nowMs);
                    Assert.Equal(current && detachedAt is null, detached);
                    if (detached) detachedAt = nowMs;
                    break;
                default:
                    var ended = SessionRules.End(record, nowMs);
                    Assert.Equal(live is not null, ended);
                    if (ended) (live, detachedAt, lost) = (null, null, lost + 1);
                    Assert.False(SessionRules.End(record, nowMs));
                    break;
            }

            var after = record.Session ?? new SessionState();
            Assert.True(after.Epoch >= before.Epoch);
            Assert.Equal(lost, after.Lost);
            Assert.Equal(live is not null, after.Live);
            Assert.Equal(live is not null, SessionRules.IsCurrent(record, after.Epoch));
            for (var old = 0ul; old < after.Epoch; old++) Assert.False(SessionRules.IsCurrent(record, old));
            if (live is not null) Assert.Equal((live.Value, detachedAt ?? 0), (after.SessionId, after.DetachedAtMs));
        }

        Assert.True(lost > 0 && sessions > lost);
    }
}
