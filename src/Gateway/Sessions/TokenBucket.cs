namespace GameBackend.Gateway.Sessions;

/// <summary>
/// Limits a rate while allowing bursts (the token bucket of RFC 2697's meter, in its plain form). Not thread-safe: one
/// session's requests are read one after another.
/// </summary>
/// <param name="perSecond">Tokens that come back each second.</param>
/// <param name="burst">Tokens that the bucket holds.</param>
internal struct TokenBucket(int perSecond, int burst)
{
    private const long LongestWaitMs = 60_000;

    // Tokens are counted in thousandths, so that one comes back every 1/perSecond s exactly.
    private long _milliTokens = burst * 1000L;
    private long _filledAtMs = long.MinValue;

    // When the last request that was refused was told to come back.
    private long _promisedMs;

    /// <summary>Takes a token.</summary>
    /// <param name="nowMs">A monotonic time in milliseconds.</param>
    /// <param name="retryAfterMs">
    /// If there is none: when there will be one for this request, behind those that were refused before it. So the
    /// times that are told grow, up to a minute.
    /// </param>
    public bool TryTake(long nowMs, out uint retryAfterMs)
    {
        if (_filledAtMs == long.MinValue)
            _filledAtMs = nowMs;
        var elapsed = Math.Min(nowMs - _filledAtMs, 3_600_000);
        _milliTokens = Math.Min(burst * 1000L, _milliTokens + elapsed * perSecond);
        _filledAtMs = nowMs;
        if (_milliTokens >= 1000)
        {
            _milliTokens -= 1000;
            retryAfterMs = 0;
            return true;
        }

        var nextMs = nowMs + (1000 - _milliTokens + perSecond - 1) / perSecond;
        // Whole milliseconds apart, or a bucket that holds one token would lose what is over at each.
        var behindMs = _promisedMs + (1000 + perSecond - 1) / perSecond;
        _promisedMs = Math.Clamp(behindMs, nextMs, Math.Max(nextMs, nowMs + LongestWaitMs));
        retryAfterMs = (uint)(_promisedMs - nowMs);
        return false;
    }
}
