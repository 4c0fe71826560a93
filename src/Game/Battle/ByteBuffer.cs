namespace GameBackend.Game;

/// <summary>Bytes that are appended to; the memory is kept when it is cleared. Numbers are varints.</summary>
internal sealed class ByteBuffer(int capacity)
{
    private const int LongestVarint = 10;

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void WriteUnsigned(ulong value)
    {
        Reserve(LongestVarint);
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    /// <summary>Small numbers of either sign take few bytes (zigzag).</summary>
    public void WriteSigned(long value) => WriteUnsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
    }
}

/// <summary>Reads what a <see cref="ByteBuffer"/> holds.</summary>
/// <remarks>Throws <see cref="InvalidDataException"/> where the bytes end too early or make no number.</remarks>
internal sealed class ByteReader(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    public bool AtEnd => _at == bytes.Length;

    public byte ReadByte()
    {
        if (AtEnd) throw new InvalidDataException("The bytes end too early.");
        return bytes.Span[_at++];
    }

    public ulong ReadUnsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A number does not end.");
    }

    public long ReadSigned()
    {
        var value = ReadUnsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int ReadInt()
    {
        var value = ReadSigned();
        if (value is < int.MinValue or > int.MaxValue) throw new InvalidDataException("A number is too large.");
        return (int)value;
    }
}
