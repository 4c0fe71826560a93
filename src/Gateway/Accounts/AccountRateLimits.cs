using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Token buckets by client address, one set for routes that cost a password hash and one for the rest. Behind a proxy
/// the host has to put the client's address in place first (forwarded headers), or all clients share one bucket.
/// </summary>
public sealed class AccountRateLimits(IOptions<AccountsOptions> options) : IDisposable
{
    public PartitionedRateLimiter<HttpContext> Password { get; } =
        ByAddress(options.Value.PasswordRequestsPerSecond, options.Value.PasswordRequestBurst);

    public PartitionedRateLimiter<HttpContext> Session { get; } =
        ByAddress(options.Value.SessionRequestsPerSecond, options.Value.SessionRequestBurst);

    public void Dispose()
    {
        Password.Dispose();
        Session.Dispose();
    }

    private static PartitionedRateLimiter<HttpContext> ByAddress(int perSecond, int burst)
    {
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<HttpContext, IPAddress>(
            http => RateLimitPartition.GetTokenBucketLimiter(Bucket(http.Connection.RemoteIpAddress), _ => bucket));
    }

    /// <summary>An IPv6 client has a whole /64 to draw addresses from, so that counts as one.</summary>
    public static IPAddress Bucket(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }
}
