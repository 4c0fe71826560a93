namespace GameBackend.Protocol;

/// <summary>The sizes of the TCP framing: a length, then one envelope.</summary>
public static class FrameLimits
{
    /// <summary>The bytes of the length, big-endian, not counting itself.</summary>
    public const int LengthBytes = 4;

    /// <summary>The largest envelope, in bytes, unless the server announces another limit.</summary>
    public const int MaxFrameBytes = 64 * 1024;
}

/// <summary>
/// Bytes that are no frame: an empty one, or one over the limit. The stream cannot be read any further.
/// </summary>
public sealed class FrameException(string message) : Exception(message);
