namespace GameBackend.Game;

/// <summary>Products that stop at the largest number instead of wrapping round. Counts come from clients.</summary>
internal static class Amounts
{
    public static long Times(long each, uint times) =>
        (long)Int128.Clamp((Int128)each * times, long.MinValue, long.MaxValue);

    public static ulong Times(ulong each, uint times) =>
        (ulong)UInt128.Min((UInt128)each * times, ulong.MaxValue);

    public static uint Times(uint each, uint times) => (uint)Math.Min((ulong)each * times, uint.MaxValue);
}
