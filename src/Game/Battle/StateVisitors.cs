using System.Numerics;

namespace GameBackend.Game;

/// <summary>
/// Goes over every number of a battle's state, in one order. Hash, checkpoint and restore are visitors of the same
/// walk, so that none of them can forget a field that another knows.
/// </summary>
internal interface IStateVisitor
{
    void Visit(ref int value);

    void Visit(ref long value);

    void Visit(ref ulong value);
}

/// <summary>A hash that is the same on every machine. Not made against those who can choose states freely.</summary>
internal struct StateHash
{
    // Odd constants with well mixed bits, those of the 64-bit golden ratio and of MurmurHash3's finaliser.
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xFF51AFD7ED558CCD;

    private ulong _value;

    public readonly ulong Value => _value ^ (_value >> 32);

    public void Add(long number) =>
        _value = (BitOperations.RotateLeft(_value ^ ((ulong)number * First), 27) * Second) + First;
}

internal struct HashVisitor : IStateVisitor
{
    private StateHash _hash;

    public readonly ulong Value => _hash.Value;

    public void Visit(ref int value) => _hash.Add(value);

    public void Visit(ref long value) => _hash.Add(value);

    public void Visit(ref ulong value) => _hash.Add((long)value);
}

internal readonly struct WriteVisitor(ByteBuffer buffer) : IStateVisitor
{
    public void Visit(ref int value) => buffer.WriteSigned(value);

    public void Visit(ref long value) => buffer.WriteSigned(value);

    public void Visit(ref ulong value) => buffer.WriteUnsigned(value);
}

/// <summary>Fills a state from what <see cref="WriteVisitor"/> has written.</summary>
/// <remarks>Throws <see cref="InvalidDataException"/> at what is no state.</remarks>
internal readonly struct ReadVisitor(ByteReader reader) : IStateVisitor
{
    public void Visit(ref int value) => value = reader.ReadInt();

    public void Visit(ref long value) => value = reader.ReadSigned();

    public void Visit(ref ulong value) => value = reader.ReadUnsigned();
}
