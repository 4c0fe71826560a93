namespace GameBackend.Game.Tests;

public sealed class ExperienceCurveTests
{
    private static readonly ExperienceCurve s_curve = new("c", [100, 200, 300]);

    [Theory]
    [InlineData(1, 0, 99, 1, 99)]
    [InlineData(1, 0, 100, 2, 0)]
    [InlineData(1, 50, 250, 3, 0)]
    [InlineData(1, 0, 599, 3, 299)]
    [InlineData(1, 0, 600, 4, 0)]
    [InlineData(1, 0, ulong.MaxValue, 4, 0)]
    [InlineData(3, 299, ulong.MaxValue, 4, 0)]
    [InlineData(4, 0, 5, 4, 0)]
    [InlineData(9, 7, 5, 9, 0)]
    [InlineData(0, 0, 5, 1, 5)]
    [InlineData(1, ulong.MaxValue, ulong.MaxValue, 4, 0)]
    public void Experience_advances_levels_up_to_the_last(
        uint level, ulong has, ulong gained, uint toLevel, ulong left) =>
        Assert.Equal((toLevel, left), s_curve.Advance(level, has, gained));

    [Theory]
    [InlineData(10, 100, 1, 0, 6)]
    [InlineData(10, 101, 1, 0, 6)]
    [InlineData(10, 99, 1, 0, 7)]
    [InlineData(2, 99, 1, 0, 2)]
    [InlineData(uint.MaxValue, 1, 3, 290, 10)]
    [InlineData(5, ulong.MaxValue, 1, 0, 1)]
    public void Only_portions_that_help_are_useful(uint count, ulong portion, uint level, ulong has, uint useful) =>
        Assert.Equal(useful, s_curve.Useful(count, portion, level, has));

    [Fact]
    public void Products_stop_at_the_largest_number()
    {
        Assert.Equal(long.MaxValue, Amounts.Times(9_000_000_000_000L, uint.MaxValue));
        Assert.Equal(long.MinValue, Amounts.Times(long.MinValue, 2));
        Assert.Equal(ulong.MaxValue, Amounts.Times(ulong.MaxValue, 2));
        Assert.Equal(uint.MaxValue, Amounts.Times(3U, uint.MaxValue));
        Assert.Equal(12L, Amounts.Times(3L, 4));
    }
}
