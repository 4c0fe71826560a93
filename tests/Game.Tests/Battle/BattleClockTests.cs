namespace GameBackend.Game.Tests;

public sealed class BattleClockTests
{
    [Fact]
    public void Ticks_are_due_by_the_time_that_has_passed_not_by_how_often_one_asks()
    {
        var clock = new BattleClock(20, catchUpTicks: 5);
        Assert.Equal(0, clock.Due(1_000_000));
        Assert.Equal(0, clock.Due(1_049_999));
        Assert.Equal(1, clock.Due(1_050_000));
        Assert.Equal(0, clock.Due(1_050_001));
        Assert.Equal(1_100_000, clock.NextUs);
        Assert.Equal(2, clock.Due(1_157_000));
        Assert.Equal(57_000, clock.LatenessUs);
    }

    [Fact]
    public void A_minute_at_odd_moments_is_1200_ticks()
    {
        var clock = new BattleClock(20, catchUpTicks: 5);
        var random = new Random(1);
        var (made, now) = (0, 0L);
        clock.Due(0);
        while (now < 60_000_000)
        {
            now = Math.Min(60_000_000, now + random.Next(1000, 130_000));
            made += clock.Due(now);
        }

        Assert.Equal((1200, 0L), (made, clock.Skipped));
    }

    [Fact]
    public void What_is_too_late_is_given_up()
    {
        var clock = new BattleClock(20, catchUpTicks: 5);
        clock.Due(0);
        Assert.Equal(5, clock.Due(10_000_000));
        Assert.Equal(195, clock.Skipped);
        Assert.Equal(0, clock.Due(10_000_000));
        Assert.Equal(1, clock.Due(10_050_000));
    }
}
