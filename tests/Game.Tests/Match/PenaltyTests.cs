namespace GameBackend.Game.Tests;

public sealed class PenaltyTests
{
    private const long HourMs = 3_600_000;

    [Fact]
    public void Each_absence_costs_more_up_to_a_bound_until_it_is_forgotten()
    {
        var (record, now, match) = (new MembershipRecord(), HourMs, 1L);
        foreach (var seconds in new[] { 15, 30, 60, 120, 240, 300, 300 })
        {
            Assert.True(PenaltyRules.Count(record, match++, now));
            Assert.Equal(now + (seconds * 1000), record.Penalty.UntilMs);
            now = record.Penalty.UntilMs;
        }

        now = record.Penalty.LastAtMs + HourMs;
        PenaltyRules.Count(record, match, now);
        Assert.Equal((1u, now + 15_000), (record.Penalty.Count, record.Penalty.UntilMs));
    }

    [Fact]
    public void A_match_counts_once()
    {
        var record = new MembershipRecord();
        Assert.True(PenaltyRules.Count(record, 7, HourMs));
        var counted = record.Clone();
        Assert.False(PenaltyRules.Count(record, 7, HourMs + 5000));
        Assert.Equal(counted, record);
    }

    [Fact]
    public void What_is_left_of_it_is_never_negative()
    {
        Assert.Equal(15_000u, PenaltyRules.LeftMs(20_000, 5_000));
        Assert.Equal(0u, PenaltyRules.LeftMs(20_000, 20_001));
    }
}
