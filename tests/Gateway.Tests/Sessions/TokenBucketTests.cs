using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Tests.Sessions;

public sealed class TokenBucketTests
{
    [Theory]
    [InlineData(20, 40)]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(1_000_000, 1_000_000)]
    public void The_burst_is_there_at_once_and_not_more(int perSecond, int burst)
    {
        var bucket = new TokenBucket(perSecond, burst);
        for (var i = 0; i < burst; i++)
            Assert.True(bucket.TryTake(1000, out _));
        Assert.False(bucket.TryTake(1000, out var retryAfterMs));
        Assert.NotEqual(0u, retryAfterMs);
    }

    [Fact]
    public void In_no_stretch_of_time_is_more_granted_than_the_rate_and_the_burst()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (perSecond, burst) = (random.Next(1, 50), random.Next(1, 80));
            var bucket = new TokenBucket(perSecond, burst);
            var granted = new List<long>();
            for (long now = random.Next(100_000),
                end = now + 20_000; now < end; now += random.Next(3) * random.Next(200))
            {
                if (bucket.TryTake(now, out _))
                    granted.Add(now);
            }

            for (var from = 0; from < granted.Count; from += 7)
            {
                for (var to = from; to < granted.Count; to += 5)
                {
                    var allowed = burst + (granted[to] - granted[from]) * perSecond / 1000.0;
                    Assert.True(to - from + 1 <= allowed + 1e-9, $"seed {seed}: {to - from + 1} of {allowed}");
                }
            }
        }
    }

    [Fact]
    public void A_token_is_there_when_it_was_promised_and_not_a_millisecond_before()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var bucket = new TokenBucket(random.Next(1, 3000), random.Next(1, 50));
            long now = 1;
            uint retryAfterMs;
            for (var i = random.Next(100); i > 0 && bucket.TryTake(now += random.Next(10), out _); i--)
            {
            }

            // What was refused comes before what comes now: after that time nothing is promised any more.
            now += 1000;
            while (bucket.TryTake(now, out retryAfterMs))
            {
            }

            var early = bucket;
            Assert.True(retryAfterMs <= 1 || !early.TryTake(now + retryAfterMs - 1, out _));
            Assert.True(bucket.TryTake(now + retryAfterMs, out _));
        }
    }

    [Fact]
    public void Each_of_those_refused_at_once_is_told_its_own_time_and_is_served_then()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (perSecond, burst) = (random.Next(1, 100), random.Next(1, 80));
            var bucket = new TokenBucket(perSecond, burst);
            var told = new List<uint>();
            for (var number = 0; number < burst + 60; number++)
            {
                if (!bucket.TryTake(1, out var waitMs))
                    told.Add(waitMs);
            }

            Assert.Equal(60, told.Count);
            Assert.Equal(told.Distinct().Order(), told);
            Assert.All(told, waitMs => Assert.True(bucket.TryTake(1 + waitMs, out _), $"seed {seed}: at {waitMs}"));
        }
    }

    [Fact]
    public void Who_never_waits_is_told_of_a_minute_at_the_most()
    {
        var bucket = new TokenBucket(20, 40);
        for (var i = 0; i < 100_000; i++)
        {
            bucket.TryTake(1, out var waitMs);
            Assert.InRange(waitMs, 0u, 60_050u);
        }
    }

    [Fact]
    public void A_long_pause_fills_the_bucket_and_no_further()
    {
        var bucket = new TokenBucket(20, 40);
        Assert.True(bucket.TryTake(0, out _));
        for (var i = 0; i < 40; i++)
            Assert.True(bucket.TryTake(long.MaxValue / 2, out _));
        Assert.False(bucket.TryTake(long.MaxValue / 2, out _));
    }
}
