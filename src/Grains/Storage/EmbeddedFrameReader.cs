namespace GameBackend.Grains.Storage;

/// <summary>Reads the frames of one file in order, up to its end or to the first that is broken.</summary>
internal sealed class EmbeddedFrameReader : IDisposable
{
    private readonly FileStream _file;
    private readonly uint _salt;
    private byte[] _frame = new byte[64 * 1024];

    public EmbeddedFrameReader(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1024 * 1024);
        var header = new byte[EmbeddedFrame.FileHeaderBytes];
        if (_file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !EmbeddedFrame.IsFileHeader(header))
        {
            _file.Dispose();
            throw new EmbeddedStoreException($"{path} is not a file of this store, or a newer version has written it.");
        }

        _salt = EmbeddedFrame.Salt(header);
        Position = header.Length;
    }

    /// <summary>Where the next frame starts.</summary>
    public long Position { get; private set; }

    public long Length => _file.Length;

    public bool AtEnd => Position == Length;

    /// <summary>The content is good until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> content)
    {
        content = default;
        var left = Length - Position;
        if (left <= EmbeddedFrame.HeaderBytes)
            return false;
        _file.Position = Position;
        _file.ReadExactly(_frame, 0, EmbeddedFrame.HeaderBytes);
        var contentBytes = EmbeddedFrame.ContentBytes(_frame, _salt);
        if (contentBytes <= 0 || contentBytes > left - EmbeddedFrame.HeaderBytes)
            return false;
        var frameBytes = EmbeddedFrame.HeaderBytes + contentBytes;
        if (_frame.Length < frameBytes)
            Array.Resize(ref _frame, frameBytes);
        _file.ReadExactly(_frame, EmbeddedFrame.HeaderBytes, contentBytes);
        if (!EmbeddedFrame.IsWhole(_frame.AsSpan(0, frameBytes)))
            return false;
        content = _frame.AsSpan(EmbeddedFrame.HeaderBytes, contentBytes);
        Position += frameBytes;
        return true;
    }

    /// <summary>Whether a good frame is somewhere behind the broken one.</summary>
    public bool IsFrameAhead()
    {
        _file.Position = Position + 1;
        var rest = new byte[Length - _file.Position];
        _file.ReadExactly(rest);
        return EmbeddedFrame.IsAnyIn(rest, _salt);
    }

    public void Dispose() => _file.Dispose();
}
