using System.Globalization;

namespace GameBackend.Nodes;

/// <summary>
/// A node's logical address, in 32 bits: cluster (12), type (8), number (12), written <c>cluster.type.number</c>. It
/// outlives the process: a node that is started again has it again.
/// </summary>
public readonly record struct NodeAddress
{
    public const int MaxCluster = 0xFFF;
    public const int MaxType = 0xFF;
    public const int MaxNumber = 0xFFF;

    /// <param name="cluster">1 to 4095.</param>
    /// <param name="type">1 to 255; 255 is the harbor's.</param>
    /// <param name="number">1 to 4095.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part is outside its range.</exception>
    public NodeAddress(int cluster, int type, int number)
    {
        Check(cluster, MaxCluster, nameof(cluster));
        Check(type, MaxType, nameof(type));
        Check(number, MaxNumber, nameof(number));
        Value = ((uint)cluster << 20) | ((uint)type << 12) | (uint)number;
    }

    /// <summary>All three parts; 0 for no address.</summary>
    public uint Value { get; private init; }

    public int Cluster => (int)(Value >> 20);

    public int Type => (int)(Value >> 12) & MaxType;

    public int Number => (int)Value & MaxNumber;

    public bool IsNone => Value == 0;

    public bool IsHarbor => Type == NodeTypes.Harbor;

    /// <exception cref="FormatException">A part is 0.</exception>
    public static NodeAddress FromValue(uint value)
    {
        var address = new NodeAddress { Value = value };
        return address.Cluster > 0 && address.Type > 0 && address.Number > 0
            ? address
            : throw new FormatException($"0x{value:x8} is no node's address.");
    }

    /// <exception cref="FormatException">
    /// The text is not three numbers in their ranges, with dots between them.
    /// </exception>
    public static NodeAddress Parse(string text) => TryParse(text, out var address)
        ? address
        : throw new FormatException(
            $"'{text}' is no node's address; one is written cluster.type.number, such as 1.2.3.");

    public static bool TryParse(string? text, out NodeAddress address)
    {
        address = default;
        if (text?.Split('.') is not [var cluster, var type, var number]
            || !TryPart(cluster, MaxCluster, out var c)
            || !TryPart(type, MaxType, out var t)
            || !TryPart(number, MaxNumber, out var n))
            return false;
        address = new NodeAddress(c, t, n);
        return true;
    }

    public override string ToString() => IsNone ? "none" : $"{Cluster}.{Type}.{Number}";

    private static void Check(int part, int max, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, max, name);
    }

    private static bool TryPart(string text, int max, out int part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out part) && part >= 1 && part <= max;
}
