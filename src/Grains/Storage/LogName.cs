namespace GameBackend.Grains.Storage;

internal static class LogName
{
    private const int MaxChars = 256;

    /// <summary>Refuses names that would break out of the hash tag of a Redis key, and unbounded ones.</summary>
    public static void Check(string log)
    {
        ArgumentException.ThrowIfNullOrEmpty(log);
        if (log.Length > MaxChars || log.AsSpan().ContainsAny('{', '}'))
            throw new ArgumentException($"A log's name has at most {MaxChars} characters and no braces.", nameof(log));
    }

    /// <summary>Refuses message ids without a bound: each is kept for a while.</summary>
    public static void CheckMessage(string messageId)
    {
        ArgumentNullException.ThrowIfNull(messageId);
        if (messageId.Length > MaxChars)
            throw new ArgumentException($"A message id has at most {MaxChars} characters.", nameof(messageId));
    }
}
