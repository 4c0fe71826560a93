namespace GameBackend.Game;

/// <summary>
/// Whole-number geometry. Lengths stay below 2^18, so that squares and their sums fit into 64 bits many times over,
/// and the results are the same on every machine.
/// </summary>
internal static class ArenaGeometry
{
    /// <summary>The largest whole number whose square is not larger.</summary>
    public static long Sqrt(long value)
    {
        if (value <= 0) return 0;
        long root = 0;
        var bit = 1L << (System.Numerics.BitOperations.Log2((ulong)value) & ~1);
        while (bit != 0)
        {
            if (value >= root + bit)
            {
                value -= root + bit;
                root = (root >> 1) + bit;
            }
            else
            {
                root >>= 1;
            }

            bit >>= 2;
        }

        return root;
    }

    public static long SquaredDistance(int ax, int ay, int bx, int by)
    {
        long dx = ax - bx, dy = ay - by;
        return (dx * dx) + (dy * dy);
    }

    /// <summary>Whether two points are as near as this, or nearer.</summary>
    public static bool IsWithin(int ax, int ay, int bx, int by, int distance) =>
        SquaredDistance(ax, ay, bx, by) <= (long)distance * distance;

    /// <summary>
    /// A vector of that length in the same direction; of no length if the vector has none. The root is taken with ten
    /// binary places, else a short diagonal vector would come out up to 41% too long.
    /// </summary>
    public static (int X, int Y) Scale(int x, int y, int length)
    {
        var norm = Sqrt((((long)x * x) + ((long)y * y)) << 20);
        return norm == 0 ? (0, 0) : ((int)(((long)x << 10) * length / norm), (int)(((long)y << 10) * length / norm));
    }

    /// <summary>Whether a circle lies within the map and overlaps no obstacle. Touching is free.</summary>
    public static bool IsFree(MapDefinition map, int x, int y, int radius)
    {
        if (x < radius || y < radius || x > map.WidthMm - radius || y > map.HeightMm - radius) return false;
        foreach (ref readonly var obstacle in map.Obstacles.AsSpan())
        {
            if (Overlaps(obstacle, x, y, radius)) return false;
        }

        return true;
    }

    private static bool Overlaps(in Obstacle obstacle, int x, int y, int radius)
    {
        if (obstacle.Radius > 0)
        {
            long reach = obstacle.Radius + radius;
            return SquaredDistance(x, y, obstacle.X, obstacle.Y) < reach * reach;
        }

        var nearX = Math.Clamp(x, obstacle.X, obstacle.X + obstacle.Width);
        var nearY = Math.Clamp(y, obstacle.Y, obstacle.Y + obstacle.Height);
        return SquaredDistance(x, y, nearX, nearY) < (long)radius * radius
            || (nearX == x && nearY == y);
    }
}
