namespace GameBackend.Client.Sessions;

/// <summary>
/// Paces requests so that the server's limit is never met: a little less than it allows, since requests that were sent
/// evenly may arrive in a bunch.
/// </summary>
internal sealed class TokenBucket
{
    private const double Share = 0.95;
    private double _perMs;
    private double _burst;
    private double _tokens;
    private long _filledAtMs;

    public TokenBucket(double perSecond, double burst, long nowMs)
    {
        _filledAtMs = nowMs;
        Configure(perSecond, burst, nowMs);
        _tokens = _burst;
    }

    /// <summary>Follows another limit. What was taken stays taken.</summary>
    public void Configure(double perSecond, double burst, long nowMs)
    {
        Fill(nowMs);
        var before = _burst;
        _perMs = Math.Max(perSecond, 0.001) * Share / 1000;
        _burst = Math.Max(1, Math.Floor(burst * Share));
        _tokens = Math.Min(_burst, _tokens + Math.Max(0, _burst - before));
    }

    /// <summary>Takes a token, or says how long until there is one.</summary>
    public bool TryTake(long nowMs, out long waitMs)
    {
        Fill(nowMs);
        waitMs = 0;
        if (_tokens >= 1)
        {
            _tokens--;
            return true;
        }
        waitMs = (long)Math.Ceiling((1 - _tokens) / _perMs);
        return false;
    }

    /// <summary>Takes a token for something that cannot wait; later takers wait longer.</summary>
    public void Take(long nowMs)
    {
        Fill(nowMs);
        _tokens = Math.Max(_tokens - 1, -_burst);
    }

    private void Fill(long nowMs)
    {
        _tokens = Math.Min(_burst, _tokens + (Math.Max(0, nowMs - _filledAtMs) * _perMs));
        _filledAtMs = nowMs;
    }
}
