using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using GameBackend.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// What one client address may do over HTTP. Behind a proxy the host has to put the client's address in place first
/// (forwarded headers), or all clients share one. Each gateway counts by itself.
/// </summary>
public sealed class AccountRateLimits : IDisposable
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<HttpContext> _passwordRate;
    private readonly PartitionedRateLimiter<HttpContext> _passwordsAtOnce;

    public AccountRateLimits(IOptions<AccountsOptions> options, IOptions<GatewayOptions> gateway)
    {
        var limits = options.Value;
        var exempt = Proxies.Networks(
            nameof(GatewayOptions.ExemptNetworks), gateway.Value.ExemptNetworks ?? []);
        _passwordRate = ByAddress(
            limits.PasswordRequestBurst, limits.PasswordRequestsPerSecond, TimeSpan.FromSeconds(1));
        _passwordsAtOnce = AtOnceByAddress(limits.PasswordRequestsAtOnce, limits.PasswordRequestsWaiting);
        Password = PartitionedRateLimiter.CreateChained(_passwordRate, _passwordsAtOnce);
        Session = ByAddress(limits.SessionRequestBurst, limits.SessionRequestsPerSecond, TimeSpan.FromSeconds(1));
        WrongPasswords = ByAddress(
            limits.WrongPasswordBurst, 1, TimeSpan.FromMinutes(1) / limits.WrongPasswordsPerMinute);
        NewAccounts = ByAddress(
            limits.NewAccountBurst, 1, TimeSpan.FromHours(1) / limits.NewAccountsPerHour,
            exempt: address => Proxies.IsAmong(exempt, address));
    }

    /// <summary>Requests that cost a password hash or as much: at a rate, and only so many at a time.</summary>
    public PartitionedRateLimiter<HttpContext> Password { get; }

    /// <summary>All other requests.</summary>
    public PartitionedRateLimiter<HttpContext> Session { get; }

    /// <summary>Wrong passwords, of all names together.</summary>
    public PartitionedRateLimiter<HttpContext> WrongPasswords { get; }

    /// <summary>Accounts that nobody vouches for.</summary>
    public PartitionedRateLimiter<HttpContext> NewAccounts { get; }

    public void Dispose()
    {
        Password.Dispose();
        _passwordRate.Dispose();
        _passwordsAtOnce.Dispose();
        Session.Dispose();
        WrongPasswords.Dispose();
        NewAccounts.Dispose();
    }

    internal static AccountProblem Refusal(RateLimitLease lease) => AccountProblem.RateLimited(
        lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : DefaultWait);

    private static PartitionedRateLimiter<HttpContext> ByAddress(
        int burst, int tokens, TimeSpan period, Func<IPAddress, bool>? exempt = null)
    {
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = period,
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<HttpContext, IPAddress>(http =>
        {
            var address = Bucket(http.Connection.RemoteIpAddress);
            return exempt?.Invoke(address) == true
                ? RateLimitPartition.GetNoLimiter(address)
                : RateLimitPartition.GetTokenBucketLimiter(address, _ => bucket);
        });
    }

    private static PartitionedRateLimiter<HttpContext> AtOnceByAddress(int atOnce, int waiting)
    {
        var turns = new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = waiting };
        return PartitionedRateLimiter.Create<HttpContext, IPAddress>(http =>
            RateLimitPartition.GetConcurrencyLimiter(Bucket(http.Connection.RemoteIpAddress), _ => turns));
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
