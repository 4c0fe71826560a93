using System.Buffers.Binary;

namespace GameBackend.Protocol;

/// <summary>
/// Cuts a byte stream into envelopes, however the stream arrives: split in the middle of a length, or many frames at
/// once. Not safe for use by two threads.
/// </summary>
/// <param name="maxFrameBytes">A longer frame is refused before its body is buffered.</param>
public sealed class FrameDecoder(int maxFrameBytes = FrameLimits.MaxFrameBytes)
{
    private byte[] _buffer = new byte[512];
    private int _start;
    private int _end;

    /// <summary>Whether bytes of an unfinished frame are waiting. A stream that ends now was cut.</summary>
    public bool IsInsideFrame => _end > _start;

    /// <summary>
    /// Room for at least <paramref name="atLeast"/> bytes of the stream. Follow with <see cref="Advance"/>. What
    /// <see cref="TryRead"/> has returned before is no longer valid.
    /// </summary>
    public Memory<byte> GetMemory(int atLeast = 1024)
    {
        if (_start == _end)
            _start = _end = 0;
        if (_buffer.Length - _end < atLeast)
            MakeRoom(atLeast);
        return _buffer.AsMemory(_end);
    }

    /// <summary>Says how many bytes were written to what <see cref="GetMemory"/> gave.</summary>
    public void Advance(int bytes)
    {
        if (bytes < 0 || bytes > _buffer.Length - _end)
            throw new ArgumentOutOfRangeException(nameof(bytes));
        _end += bytes;
    }

    /// <summary>Adds bytes of the stream.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetMemory(bytes.Length).Span);
        Advance(bytes.Length);
    }

    /// <summary>
    /// Takes the next whole frame, without its length. It is valid until <see cref="GetMemory"/> or
    /// <see cref="Append"/> is called.
    /// </summary>
    /// <exception cref="FrameException">The next frame is empty or too long.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (_end - _start < FrameLimits.LengthBytes)
            return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
        if (length == 0)
            throw new FrameException("A frame of no bytes: every envelope has at least an opcode.");
        if (length > (uint)maxFrameBytes)
            throw new FrameException($"A frame of {length} bytes, where {maxFrameBytes} are allowed.");
        if (_end - _start - FrameLimits.LengthBytes < (int)length)
            return false;
        frame = _buffer.AsMemory(_start + FrameLimits.LengthBytes, (int)length);
        _start += FrameLimits.LengthBytes + (int)length;
        return true;
    }

    private void MakeRoom(int atLeast)
    {
        var used = _end - _start;
        var target = _buffer;
        if (target.Length - used < atLeast)
            target = new byte[Math.Max(target.Length * 2, used + atLeast)];
        Buffer.BlockCopy(_buffer, _start, target, 0, used);
        _buffer = target;
        _start = 0;
        _end = used;
    }
}
